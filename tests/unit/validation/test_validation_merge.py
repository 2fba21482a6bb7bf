"""Two sorted streams of hashed rows give exactly the keys whose rows differ."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from sunset.validation.merge import KeyDifference, merge

pytestmark = pytest.mark.unit


def pair(key: int, row: int, copies: int = 1):
    return (key, -key, row, row + 1, [str(key)], copies)


def test_equal_streams_differ_nowhere():
    rows = [pair(1, 10), pair(2, 20, 3)]
    assert list(merge(rows, list(rows))) == []


def test_missing_unexpected_changed_and_doubled_are_told_apart():
    source = [pair(-5, 1), pair(1, 10), pair(3, 30), pair(4, 40)]
    target = [pair(1, 11), pair(2, 20), pair(3, 30, 2), pair(4, 40)]
    assert list(merge(source, target)) == [
        KeyDifference(["-5"], 1, 0, lost=True, gained=False),
        KeyDifference(["1"], 1, 1, lost=True, gained=True),
        KeyDifference(["2"], 0, 1, lost=False, gained=True),
        KeyDifference(["3"], 1, 2, lost=False, gained=True),
    ]


def test_a_key_with_several_rows_differs_by_the_row_that_is_not_on_both_sides():
    source = [pair(1, 10), pair(1, 12)]
    target = [pair(1, 10), pair(1, 13)]
    assert list(merge(source, target)) == [KeyDifference(["1"], 2, 2, lost=True, gained=True)]


def test_random_multisets_give_what_counting_gives():
    random.seed(4)
    for _ in range(200):
        sides = [Counter((random.randrange(6), random.randrange(3)) for _ in range(12)) for _ in range(2)]
        streams = [sorted(pair(key, row, copies) for (key, row), copies in side.items()) for side in sides]
        found = {int(difference.name[0]) for difference in merge(*streams)}
        keys = {key for side in sides for key, _ in side}
        assert found == {key for key in keys if any(sides[0][key, row] != sides[1][key, row] for row in range(3))}


def test_streams_are_read_as_they_come():
    def endless() -> Iterator[tuple[int, int, int, int, list[str], int]]:
        key = 0
        while True:
            key += 1
            yield pair(key, key)

    assert next(merge(endless(), iter([]))).name == ["1"]
