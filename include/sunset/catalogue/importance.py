"""How much hangs on an asset, with the reasons: a first guess for those who decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sunset.catalogue.survey import Particulars

Level = Literal["high", "medium", "low"]

IN_USE_DAYS = 30
_LARGE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Importance:
    """A level, and what speaks for it."""

    level: Level
    reasons: tuple[str, ...] = ()


def importance(
    particulars: Particulars, last_write: date | None, share: float, obsolete: Sequence[str], as_of: date
) -> Importance:
    """Judge one asset.

    Args:
        particulars: what the source knows of it.
        last_write: the day after which nobody wrote to it.
        share: its part of the source's bytes, 0 to 1.
        obsolete: signs that nobody needs it.
        as_of: the day that ages are counted from.
    """
    reasons = tuple(_reasons(particulars, last_write, share, as_of))
    if particulars.referred_by or (reasons and not obsolete):
        return Importance("high", reasons)
    return Importance("low", tuple(obsolete)) if obsolete else Importance("medium")


def _reasons(particulars: Particulars, last_write: date | None, share: float, as_of: date) -> Iterator[str]:
    if particulars.referred_by:
        yield f"{particulars.referred_by} tables or views refer to it"
    if last_write and (as_of - last_write).days <= IN_USE_DAYS:
        yield f"written to in the last {IN_USE_DAYS} days"
    if share >= _LARGE_SHARE:
        yield f"holds {share:.0%} of the source's bytes"
