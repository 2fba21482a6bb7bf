"""A kind of value that is told by what stands in a column: a shape, a check, and how often others pass both."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sunset.catalogue.sensitivity.chance import by_chance
from sunset.catalogue.sensitivity.model import By, Class

_BEFORE = 28
_FEW, _LITTLE_DOUBT = 3, 0.001


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds one kind of value.

    Attributes:
        kind: what it is called in reports.
        klass: how sensitive it is.
        by: whether the shape alone tells it, or the content is checked.
        shape: what a candidate looks like.
        check: whether a candidate is one.
        chance: share of candidates of another kind that pass the check all the same.
        doubt: how likely a find may be chance and is believed all the same, where few values look like one; larger for
            rare shapes. Where many do, little doubt is left to any.
        needs: characters of which one has to be there, so that most columns are not searched; empty for any.
        words: a word before a candidate that leaves no doubt.
    """

    kind: str
    klass: Class
    by: By
    shape: re.Pattern[str]
    check: Callable[[str], bool]
    chance: float
    doubt: float = 0.001
    needs: str = "0123456789"
    words: re.Pattern[str] | None = None

    def find(self, column: Joined) -> int:
        """Number of values that hold one; 0 where chance explains what was found."""
        if self.needs and not any(character in column.text for character in self.needs):
            return 0
        candidates, hits, sure = set[int](), set[int](), False
        for match in self.shape.finditer(column.text):
            number = column.value_at(match.start())
            candidates.add(number)
            if self.check(match.group()):
                hits.add(number)
                sure = sure or self._announced(column.text, match.start())
        if not hits:
            return 0
        doubt = self.doubt if len(candidates) <= _FEW else min(self.doubt, _LITTLE_DOUBT)
        return len(hits) if sure or by_chance(len(hits), len(candidates), self.chance) <= doubt else 0

    def _announced(self, text: str, start: int) -> bool:
        line = text.rfind("\n", 0, start) + 1
        return self.words is not None and self.words.search(text, max(line, start - _BEFORE), start) is not None


@dataclass(frozen=True, slots=True)
class Joined:
    """The values of a column in one text, a line each, so that one search goes over all of them."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, values: Sequence[str], most: int) -> Joined:
        """Join values up to `most` characters in all."""
        lines = tuple(_within((" ".join(value.splitlines()) for value in values), most))
        starts = accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
        return cls("\n".join(lines), tuple(starts))

    @property
    def count(self) -> int:
        return len(self.starts)

    def value_at(self, place: int) -> int:
        """Number of the value that holds this place of the text."""
        return bisect_right(self.starts, place) - 1


def _within(lines: Iterator[str], most: int) -> Iterator[str]:
    left = most
    for line in lines:
        yield line[:left]
        left -= len(line) + 1
        if left <= 0:
            return
