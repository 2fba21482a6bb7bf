"""The decision as the people at the first gate see it, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sunset.spec import Spec
from sunset.spec.notices import Audience

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$])")


def decision_in_markdown(spec: Spec) -> str:
    """Scope, reason, risks and dates of a spec, and who is told; what people wrote is text, never markup."""
    return "\n\n".join(_parts(spec))


def _parts(spec: Spec) -> Iterator[str]:
    decision = spec.decision
    yield f"**Reason**: {plain(decision.reason)}"
    if decision.replaced_by:
        yield f"**Replaced by**: {plain(decision.replaced_by)}"
    yield f"**Covered**: {_listed(decision.scope.included)}"
    yield f"**Left out**: {_listed(decision.scope.excluded)}"
    yield f"**Sources**: {_listed(spec.source_names)}"
    yield _table(("Date", "When"), _dates(spec))
    yield _table(
        ("Risk", "Likelihood", "Impact", "Answer", "Owner"),
        [(each.risk, each.likelihood, each.impact, each.mitigation, each.owner) for each in decision.risks],
    )
    people = spec.people.items()
    yield _table(("Person", "User", "Roles"), [(each.name, user, ", ".join(each.roles)) for user, each in people])
    told = spec.notices.audiences
    yield _table(("Who is told", "By", "Days before the cutover"), [_audience(each) for each in told])


def _dates(spec: Spec) -> list[tuple[str, str]]:
    dates = spec.timeline
    known = {
        "Announcement": dates.announce,
        "Freeze": dates.freeze,
        "Cutover": dates.cutover,
        "End of support": dates.support_ends,
        "Kept until": dates.retain_until,
    }
    return [(name, date.isoformat()) for name, date in known.items() if date]


def _audience(audience: Audience) -> tuple[str, str, str]:
    return audience.name, audience.channel, ", ".join(map(str, audience.days_before_cutover))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"**{heads[0]}**: none"
    lines = [heads, ["---"] * len(heads), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(plain, names)) or "nothing named"


def plain(text: str) -> str:
    """The text on one line, without a character that Markdown reads."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
