"""Go or no-go: what a round has to show before an execution may freeze anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sunset.dossier.rounds import Round
from sunset.rehearsal.durations import window_seconds
from sunset.reports.duration import duration
from sunset.spec import Spec

SLOWER = 1.5
"""A round that takes this many times as long as the one before calls for a look."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule and what it says of a round.

    Attributes:
        name: what is asked for.
        held: whether it holds.
        detail: the figures, in words.
        binding: whether an execution stops where it does not hold; the others are for the people at the gate.
    """

    name: str
    held: bool
    detail: str
    binding: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def rules(spec: Spec, before: Round | None, this: Round, now: datetime) -> tuple[Rule, ...]:
    """All rules on a round.

    Args:
        spec: the product's spec.
        before: the round before it.
        this: the round.
        now: an instant with a time zone.
    """
    return tuple(_rules(spec, before, this, now))


def broken(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The binding rules that do not hold."""
    return tuple(rule for rule in found if rule.binding and not rule.held)


def _rules(spec: Spec, before: Round | None, this: Round, now: datetime) -> Iterator[Rule]:
    number = len(this.differences)
    yield Rule("integrity: no difference", this.clean, f"{number:,} differences", binding=True)
    needed = window_seconds(this.seconds)
    left = spec.timeline.cutover - max(now, spec.timeline.freeze)
    detail = (
        f"about {duration(needed)} of work, {duration(max(left.total_seconds(), 0.0))} left between freeze and cutover"
    )
    yield Rule("time: the work fits between freeze and cutover", timedelta(seconds=needed) < left, detail, binding=True)
    yield _pace(before, this)
    new = [line for line in this.exposed if before is None or line not in before.exposed]
    detail = f"{len(this.exposed):,} open, {len(new):,} of them new"
    yield Rule("security: nothing open", not this.exposed, detail, binding=False)


def _pace(before: Round | None, this: Round) -> Rule:
    name = "performance: as fast as the round before"
    then, now = (window_seconds(each.seconds) if each else 0.0 for each in (before, this))
    if not then:
        return Rule(name, True, f"{duration(now)}; there is no round to compare with", binding=False)
    # Rounds of seconds jitter: what takes less than a minute more is no change.
    held = now <= then * SLOWER or now - then < 60
    return Rule(name, held, f"{duration(now)}, before {duration(then)}", binding=False)
