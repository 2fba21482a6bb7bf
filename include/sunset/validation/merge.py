"""Merges the rows of two sides that come sorted by key hash, and leaves those that differ. Pure, bounded memory."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
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
    tagged = heapq.merge(((row, 0) for row in source), ((row, 1) for row in target), key=_key)
    for _, group in groupby(tagged, key=_key):
        copies: tuple[Counter[Any], Counter[Any]] = (Counter(), Counter())
        name: list[str] = []
        for (_, _, high, low, name, number), side in group:  # noqa: B007
            copies[side][high, low] += number
        lost, gained = copies[0] - copies[1], copies[1] - copies[0]
        if lost or gained:
            yield KeyDifference(name, copies[0].total(), copies[1].total(), bool(lost), bool(gained))


def _key(tagged: tuple[Pair, int]) -> tuple[int, int]:
    return tagged[0][:2]
