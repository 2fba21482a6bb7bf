"""The way of a run through its stages, as boxes and arrows of an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GATES = frozenset({"decide", "plan", "approve", "accept"})
"""Stages that wait for an answer in an execution."""
WIDTH, HEIGHT, GAP, BELOW, IN_ROW = 112, 40, 28, 36, 6


@dataclass(frozen=True, slots=True)
class Box:
    """One stage; lengths in SVG units, from the top left.

    Attributes:
        name: what the stage is called.
        gate: whether it waits for people.
        x, y: its corner.
        arrow: points of the line to the next box, as SVG writes them; empty for the last.
    """

    name: str
    gate: bool
    x: int
    y: int
    arrow: str


def flow(stages: Sequence[tuple[str, str]]) -> tuple[Box, ...]:
    """Boxes for stages given as id and name, in rows that are read from left to right."""
    corners = [_corner(index) for index in range(len(stages))]
    return tuple(
        Box(name, stage in GATES, *here, _line(here, there) if there else "")
        for (stage, name), here, there in zip(stages, corners, [*corners[1:], None], strict=True)
    )


def _corner(index: int) -> tuple[int, int]:
    row, column = divmod(index, IN_ROW)
    return column * (WIDTH + GAP), row * (HEIGHT + BELOW)


def _line(here: tuple[int, int], there: tuple[int, int]) -> str:
    (x, y), (to_x, to_y) = here, there
    middle, to_middle = y + HEIGHT // 2, to_y + HEIGHT // 2
    if y == to_y:
        return f"{x + WIDTH},{middle} {to_x},{to_middle}"
    between, center, to_center = y + HEIGHT + BELOW // 2, x + WIDTH // 2, to_x + WIDTH // 2
    return f"{center},{y + HEIGHT} {center},{between} {to_center},{between} {to_center},{to_y}"
