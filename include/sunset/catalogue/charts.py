"""Figures of a catalogue, as bars of pictures that need nothing but the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sunset.catalogue.coverage import outcome

_LARGEST = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, a figure, and its length as a share of the longest."""

    label: str
    value: int
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: key of its title in the page's words, bars, whether they are bytes."""

    title: str
    bars: tuple[Bar, ...]
    in_bytes: bool = False


def charts(records: Iterable[Mapping[str, Any]]) -> tuple[Chart, ...]:
    """What becomes of the assets, how sensitive and important they are, when last written to; the largest."""
    assets = [asset for record in records for asset in record["assets"]]
    written = Counter(asset["last_write"][:4] if asset["last_write"] else "unknown" for asset in assets)
    largest = sorted(assets, key=lambda asset: -(asset["bytes"] or 0))[:_LARGEST]
    return (
        _counted("What becomes of it", Counter(asset["do"] or outcome(asset) for asset in assets)),
        _counted("Sensitivity", Counter(each for asset in assets for each in _classes(asset))),
        _counted("Importance", Counter(asset["importance"] for asset in assets)),
        Chart("Last write", _bars(sorted(written.items()))),
        Chart("Largest", _bars([(asset["address"], asset["bytes"] or 0) for asset in largest]), in_bytes=True),
    )


def _classes(asset: Mapping[str, Any]) -> Sequence[str]:
    return asset["sensitivity"]["classes"] if asset["sensitivity"] else ()


def _counted(title: str, counted: Counter[str]) -> Chart:
    return Chart(title, _bars(counted.most_common()))


def _bars(figures: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    longest = max((value for _, value in figures), default=0) or 1
    return tuple(Bar(label, value, value / longest) for label, value in figures)
