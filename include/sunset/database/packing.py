"""Units packed evenly into tasks: a task's start costs about a second, so tasks are few."""

from __future__ import annotations

from collections.abc import Sequence

from sunset.engine import Pack, Unit


def pack(units: Sequence[Unit], packs: int) -> tuple[Pack, ...]:
    """Spread units over at most `packs` tasks: each next largest unit goes to the lightest pack.

    A unit weighs its bytes and a constant for what every table costs, however small.
    """
    groups: list[list[Unit]] = [[] for _ in range(max(min(packs, len(units)), 1))]
    weights = [0] * len(groups)
    for unit in units:
        lightest = weights.index(min(weights))
        groups[lightest].append(unit)
        weights[lightest] += unit.bytes + 2**18
    return tuple(Pack(_label(group), tuple(group)) for group in groups if group)


def _label(units: Sequence[Unit]) -> str:
    names = [unit.name for unit in units]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
