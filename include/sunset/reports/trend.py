"""The trend over a product's rounds, as bars of an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sunset.dossier.rounds import Round

HEIGHT = 90.0
STEP = 34.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One round in the picture; lengths in SVG units, from the top left.

    Attributes:
        number: number of the round.
        clean: whether it was clean.
        x: left edge of the bar.
        height: height of the bar: the duration of the run, as a share of the longest.
        seconds: duration of the run in seconds.
        differences: number of differences.
    """

    number: int
    clean: bool
    x: float
    height: float
    seconds: float
    differences: int


def trend(rounds: Sequence[Round], most: int = 24) -> tuple[Bar, ...]:
    """Bars for the last `most` rounds."""
    shown = rounds[-most:]
    longest = max((_seconds(made) for made in shown), default=0.0) or 1.0
    return tuple(
        Bar(
            number=made.number,
            clean=made.clean,
            x=index * STEP,
            height=max(HEIGHT * _seconds(made) / longest, 2.0),
            seconds=_seconds(made),
            differences=len(made.differences),
        )
        for index, made in enumerate(shown)
    )


def _seconds(made: Round) -> float:
    return float(made.seconds.get("run", 0.0))
