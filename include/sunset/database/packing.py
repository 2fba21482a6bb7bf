"""Units packed evenly into tasks: a task's start costs about a second, so tasks are few."""

from __future__ import annotations

from collections.abc import Sequence

from sunset.engine import Pack, Unit

LABEL_CHARACTERS = 250
"""What Airflow's database holds of a mapped task's name: a longer one would fail the task that succeeded."""


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
    first = units[0].name
    more = f" and {len(units) - 1} more" if len(units) > 1 else ""
    if len(first) + len(more) > LABEL_CHARACTERS:
        first = f"{first[: LABEL_CHARACTERS - len(more) - 1]}…"
    return first + more
