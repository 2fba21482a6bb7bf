"""Merges the rows of two sides that come sorted by key hash, and leaves those that differ. Pure, bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

Pair = tuple[int, int, int, int, list[str], int]
"""A row: key hash and row hash of two numbers each, what names it, and how many such rows there are."""


@dataclass(frozen=True, slots=True)
class KeyDifference:
    """One key whose rows differ.

    Attributes:
        name: what names the key.
        source_copies: number of the source's rows with this key.
        target_copies: number of the target's.
        lost: whether the source has a row that the target has not, or less often.
        gained: whether the target has a row that the source has not, or less often.
    """

    name: list[str]
    source_copies: int
    target_copies: int
    lost: bool
    gained: bool


def merge(source: Iterable[Pair], target: Iterable[Pair]) -> Iterator[KeyDifference]:
    """The keys whose rows are not the same multiset on both sides, in the order of their hashes."""
    olds, news = _keys(source), _keys(target)
    old, new = next(olds, None), next(news, None)
    while old or new:
        if old and new and old[0] == new[0]:
            if old[1] != new[1] and (difference := _hold(old[1], new[1])):
                yield difference
            old, new = next(olds, None), next(news, None)
        elif new is None or (old and old[0] < new[0]):
            assert old
            yield KeyDifference(old[1][0][4], _copies(old[1]), 0, lost=True, gained=False)
            old = next(olds, None)
        else:
            yield KeyDifference(new[1][0][4], 0, _copies(new[1]), lost=False, gained=True)
            new = next(news, None)


def _keys(rows: Iterable[Pair]) -> Iterator[tuple[tuple[int, int], list[Pair]]]:
    return ((key, list(group)) for key, group in groupby(rows, key=itemgetter(0, 1)))


def _hold(old: list[Pair], new: list[Pair]) -> KeyDifference | None:
    """The rows of one key held against each other; they may come in any order, and one row in several pieces."""
    copies: tuple[Counter[Any], Counter[Any]] = (Counter(), Counter())
    for side, rows in zip(copies, (old, new), strict=True):
        for _, _, high, low, _, number in rows:
            side[high, low] += number
    lost, gained = copies[0] - copies[1], copies[1] - copies[0]
    if not (lost or gained):
        return None
    return KeyDifference(old[0][4], copies[0].total(), copies[1].total(), bool(lost), bool(gained))


def _copies(rows: list[Pair]) -> int:
    return sum(row[5] for row in rows)
