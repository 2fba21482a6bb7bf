"""Judges columns: by their names, and by the values of a sample. One find counts, however many rows have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from sunset.catalogue.sensitivity import money, national, people, reach, secrets
from sunset.catalogue.sensitivity.detector import Detector, Joined
from sunset.catalogue.sensitivity.documents import opened
from sunset.catalogue.sensitivity.model import ColumnSample, Reason
from sunset.catalogue.sensitivity.names import hints, looks_elsewhere
from sunset.catalogue.sensitivity.words import Hint

MOST_CHARACTERS = 32 * 2**10
"""Characters of one column that are searched."""

_FEW, _ENOUGH = 3, 20
_EMPTY = frozenset(("", "-", "--", "n/a", "na", "none", "null", "unknown", "?"))
_ISBN_10 = re.compile(r"\d{9}[\dX]")
_LONG_NUMBER = re.compile(
    r"(?<!\w)(?:[A-Z]{1,6}-?)?(?:\d[ .\-/]?){6}|[A-Z]{2}\d\d ?[A-Z]{4}|[A-Z]{5}(?:\d\d[A-Z]\d|\d{4}[A-Z])"
)


def judge(columns: Iterable[ColumnSample], table: str) -> tuple[Reason, ...]:
    """What is sensitive in a table.

    Args:
        columns: its columns, each with the sampled values.
        table: its own name: `name` is a person's in a table of customers.
    """
    return tuple(reason for column in columns for part in _parts(column) for reason in _judge(part, table))


def _parts(column: ColumnSample) -> Iterator[ColumnSample]:
    if column.family not in ("document", "text"):
        yield column
        return
    inside, others = opened(column)
    yield from inside
    if others or not inside:
        yield ColumnSample(column.name, "text", others)


def _judge(column: ColumnSample, table: str) -> Iterator[Reason]:
    values = [value.strip() for value in column.values if value is not None]
    values = [value for value in values if value.lower() not in _EMPTY]
    found = list(_by_content(column, values))
    kinds = {reason.kind for reason in found}
    for hint in hints(column.name.rpartition(".")[2], table, column.family):
        if hint.kind not in kinds and not _contradicted(hint, values):
            yield Reason(column.name, hint.kind, hint.klass, "name", 0, len(values))
            kinds.add(hint.kind)
    yield from found


def _by_content(column: ColumnSample, values: Sequence[str]) -> Iterator[Reason]:
    if column.family in ("boolean", "date") or not values:
        return
    joined, elsewhere = Joined.of(values, MOST_CHARACTERS), _of_things(column.name, values)
    hits: dict[str, Reason] = {}
    numbers = () if elsewhere or not _LONG_NUMBER.search(joined.text) else _numbers()
    for detector in (*_detectors(), *numbers):
        number = detector.find(joined)
        if number and (detector.kind not in hits or number > hits[detector.kind].hits):
            hits[detector.kind] = Reason(column.name, detector.kind, detector.klass, detector.by, number, joined.count)
    phones = 0 if elsewhere or "phone number" in hits else reach.national_phones(values)
    if phones and not any(detector.kind in hits for detector in numbers):
        hits["phone number"] = Reason(column.name, "phone number", "personal", "content", phones, len(values))
    yield from hits.values()


def _contradicted(hint: Hint, values: Sequence[str]) -> bool:
    """A column of three values, over and over, holds no names, numbers or addresses of people."""
    return hint.varied and len(values) >= _ENOUGH and len(set(values)) <= _FEW


def _of_things(name: str, values: Sequence[str]) -> bool:
    """Numbers of things pass some check digits too: those of books are made as those of British patients are."""
    books = all(map(_ISBN_10.fullmatch, values)) and any(value.endswith("X") for value in values)
    return books or looks_elsewhere(name.rpartition(".")[2])


@cache
def _detectors() -> tuple[Detector, ...]:
    return (*secrets.detectors(), *reach.detectors(), *people.detectors())


@cache
def _numbers() -> tuple[Detector, ...]:
    """The many detectors of numbers, which are asked only where there is a longer number at all."""
    return (*money.detectors(), *national.detectors())
