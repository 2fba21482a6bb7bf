"""What becomes of each asset: by a rule of the spec, or by a person who said so there, with the day and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from sunset.engine import Asset
from sunset.errors import Refusal
from sunset.spec.dispositions import Disposition, Match, Rule

TABLE_KINDS = ("table", "partition", "collection")
LEAVABLE = (*TABLE_KINDS, "partitioned table", "view", "materialized view", "sequence", "foreign table")


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules look at.

    Attributes:
        asset: the asset.
        classes: how sensitive it is, as `Sensitivity.classes`; none where it holds no data of its own.
        last_write: the day after which nobody wrote to it; None where that is not known.
    """

    asset: Asset
    classes: Sequence[str] = ()
    last_write: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one asset.

    Attributes:
        asset: the asset.
        do: migrate, archive or destroy; None while nobody decided, and for what is not carried.
        because: the reason, in the rule's words, or why it is not carried.
        rule: number of the rule in the spec, from 1.
        by: Airflow user id of the person who decided, where it was one; empty where a rule did.
        on: the day of that decision, as an ISO date.
    """

    asset: Asset
    do: Disposition | None
    because: str = ""
    rule: int | None = None
    by: str = ""
    on: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.do is None and not self.asset.not_carried

    def to_json(self) -> dict[str, Any]:
        decided = {"do": self.do, "because": self.because, "rule": self.rule, "by": self.by, "on": self.on}
        return {**self.asset.to_json(), **decided}


def decide(subject: Subject, rules: Sequence[Rule], as_of: date) -> Decision:
    """Apply the rules to one asset; the first match wins.

    Args:
        subject: the asset, with what rules may ask about it.
        rules: the spec's.
        as_of: the day that ages are counted from: the same in the whole run.
    """
    asset = subject.asset
    if asset.not_carried:
        return Decision(asset, None, asset.not_carried)
    for number, rule in enumerate(rules, 1):
        if _matches(subject, rule.match, as_of):
            on = rule.on.isoformat() if rule.on else ""
            return Decision(asset, rule.do, rule.because, number, rule.by or "", on)
    return Decision(asset, None)


def undecided(decisions: Iterable[Decision]) -> tuple[Asset, ...]:
    """Assets that nobody decided on."""
    return tuple(decision.asset for decision in decisions if decision.is_open)


def not_migrated(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Addresses of the assets that are archived or destroyed instead of migrated.

    Raises:
        Refusal: a rule would leave out an asset of a kind that cannot be left out alone.
    """
    left_out = [decision for decision in decisions if decision.do in ("archive", "destroy")]
    for decision in left_out:
        if decision.asset.kind not in LEAVABLE:
            raise Refusal(
                f"rule {decision.rule} says {decision.do}, but a {decision.asset.kind} always goes with its database.",
                where=decision.asset.address,
                remedy=f"Match only these kinds with archive or destroy: {', '.join(LEAVABLE)}.",
            )
    return tuple(sorted(decision.asset.address for decision in left_out))


def _matches(subject: Subject, match: Match, as_of: date) -> bool:
    asset = subject.asset
    globs = ((match.kind, asset.kind), (match.name, asset.name), (match.namespace, asset.namespace))
    return (
        match.source in (None, asset.source)
        and all(pattern is None or fnmatchcase(value, pattern) for pattern, value in globs)
        and match.sensitivity in (None, *subject.classes)
        and (match.older_than_days is None or _is_older(subject.last_write, as_of, match.older_than_days))
    )


def _is_older(last_write: date | None, as_of: date, days: int) -> bool:
    """What has no known age is not taken for old."""
    return last_write is not None and (as_of - last_write).days > days
