"""What a notice tells. Its digest changes when the facts do, and not when somebody mends a template."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from sunset.dossier.canonical import digest, encode
from sunset.spec import Spec
from sunset.spec.notices import Audience

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of all notices to one audience; plain values, so that a template can do no more than print them.

    Attributes:
        migrated: whether the spec moves anything to a target.
        contact: address to which people turn.
        support_until: last day of support; None where nobody promised one.
    """

    product: str
    title: str
    language: Language
    reason: str
    replaced_by: str | None
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    migrated: bool
    announce: date | None
    freeze: datetime
    cutover: datetime
    support_ends: date | None
    retain_until: date
    support_until: date | None
    support_plan: str | None
    contact: str

    @classmethod
    def of(cls, spec: Spec, audience: Audience) -> Facts:
        """What a spec has to tell an audience."""
        decision, dates, support = spec.decision, spec.timeline, spec.notices.support
        return cls(
            product=spec.product,
            title=spec.title,
            language=audience.language or spec.notices.language,
            reason=decision.reason,
            replaced_by=decision.replaced_by,
            included=decision.scope.included,
            excluded=decision.scope.excluded,
            migrated=any(rule.do == "migrate" for rule in spec.dispositions),
            announce=dates.announce,
            freeze=dates.freeze,
            cutover=dates.cutover,
            support_ends=dates.support_ends,
            retain_until=dates.retain_until,
            support_until=support.until if support else None,
            support_plan=support.plan if support else None,
            contact=support.contact if support else _owner(spec),
        )

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal digits, of the facts."""
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return digest(encode(plain))


def _owner(spec: Spec) -> str:
    """The first sponsor's address, or the first approver's: somebody has to be there to answer."""
    sponsors = [person.email for person in spec.people.values() if "sponsor" in person.roles]
    return (*sponsors, *(spec.people[user].email for user in spec.approvers))[0]
