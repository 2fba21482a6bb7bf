"""Finds the ranges of a key in which two copies of a table differ, from sums over shrinking ranges.

Both sides sum up the rows of each part of a range in one query. Parts that are equal are left; what differs is split
again, until so few rows are left that they are read one by one, or splitting no longer sets much aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.ordered_key import NULLS, Bound, OrderedKey, Range
from sunset.database.postgres.row_reader import RowReader, Sums

FEW = 10_000
"""Rows that are read one by one rather than split again."""

_NOTHING: Sums = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Split:
    """A range cut at bounds, and what both sides hold of each part, by its number."""

    keys: Range
    bounds: Sequence[Bound]
    source: Mapping[int, Sums]
    target: Mapping[int, Sums]

    @property
    def rows(self) -> int:
        return self._rows(self.source.keys() | self.target.keys())

    @property
    def differing(self) -> list[int]:
        numbers = self.source.keys() | self.target.keys()
        return sorted(number for number in numbers if self.source.get(number) != self.target.get(number))

    def runs(self) -> Iterator[tuple[Range, int]]:
        """Neighbouring parts that differ, as one range each, and the rows of the fuller side."""
        run: list[int] = []
        for number in (number for number in self.differing if number != NULLS):
            if run and number > run[-1] + 1:
                yield self._range(run), self._rows(run)
                run = []
            run.append(number)
        if run:
            yield self._range(run), self._rows(run)

    def _range(self, run: Sequence[int]) -> Range:
        first, last = run[0], run[-1]
        lower = self.bounds[first - 1] if first else self.keys.lower
        upper = self.bounds[last] if last < len(self.bounds) else self.keys.upper
        return Range(lower, upper)

    def _rows(self, numbers: Sequence[int] | set[int]) -> int:
        return max(sum(side.get(number, _NOTHING)[0] for number in numbers) for side in (self.source, self.target))


@dataclass(frozen=True, slots=True)
class Halving:
    """A search over one table, on one state of each side."""

    source: psycopg.Connection
    target: psycopg.Connection
    reader: RowReader
    key: OrderedKey

    def whole(self) -> Split:
        """The whole table, split in one scan of each side."""
        bounds = self.key.sampled_bounds(self.source)
        return self._split(Range(), bounds)

    def places(self, split: Split) -> Iterator[sql.Composed]:
        """Conditions whose rows have to be read one by one: few of them, or many that differ nearly all over."""
        if NULLS in split.differing:
            yield self.key.with_null()
        for keys, rows in split.runs():
            if rows <= FEW or rows > split.rows // 2:
                yield self.key.within(keys)
            elif bounds := self._bounds(keys):
                yield from self.places(self._split(keys, bounds))
            else:
                yield self.key.within(keys)

    def _bounds(self, keys: Range) -> list[Bound]:
        """Bounds from the source, or where it has next to nothing there, from the target."""
        return self.key.bounds(self.source, keys) or self.key.bounds(self.target, keys)

    def _split(self, keys: Range, bounds: Sequence[Bound]) -> Split:
        part, condition = self.key.part(bounds), self.key.within(keys)
        source, target = (self.reader.sums(side, part, condition) for side in (self.source, self.target))
        return Split(keys, bounds, source, target)
