"""What becomes of each asset, by the spec's rules, and the proof that nothing is left undecided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sunset.engine import Asset
from sunset.errors import Refusal
from sunset.spec.dispositions import Disposition, Match, Rule

TABLE_KINDS = ("table", "partition", "collection")
LEAVABLE = (*TABLE_KINDS, "partitioned table", "view", "materialized view", "sequence", "foreign table")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one asset.

    Attributes:
        asset: the asset.
        do: migrate, archive or destroy; None while no rule decides, and for what is not carried.
        because: the reason, in the rule's words, or why it is not carried.
        rule: number of the rule in the spec, from 1.
    """

    asset: Asset
    do: Disposition | None
    because: str = ""
    rule: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {**self.asset.to_json(), "do": self.do, "because": self.because, "rule": self.rule}


def decide(assets: Iterable[Asset], rules: Sequence[Rule]) -> tuple[Decision, ...]:
    """Apply the rules to every asset; the first match wins."""
    return tuple(_decide(asset, rules) for asset in assets)


def undecided(decisions: Iterable[Decision]) -> tuple[Asset, ...]:
    """Assets that no rule decides."""
    return tuple(decision.asset for decision in decisions if decision.do is None and not decision.asset.not_carried)


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


def _decide(asset: Asset, rules: Sequence[Rule]) -> Decision:
    if asset.not_carried:
        return Decision(asset, None, asset.not_carried)
    for number, rule in enumerate(rules, 1):
        if _matches(asset, rule.match):
            return Decision(asset, rule.do, rule.because, number)
    return Decision(asset, None)


def _matches(asset: Asset, match: Match) -> bool:
    globs = ((match.kind, asset.kind), (match.name, asset.name), (match.namespace, asset.namespace))
    return match.source in (None, asset.source) and all(
        pattern is None or fnmatchcase(value, pattern) for pattern, value in globs
    )
