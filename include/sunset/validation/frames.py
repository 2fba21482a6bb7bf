"""Small tables of counts, digests and names that Great Expectations asserts on; never rows of the product.

A frame has one line for each subject, and pairs of columns that must be equal. A side that has nothing shows as
None, which equals nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sunset.validation.facts import Facts
from sunset.validation.readings import Answer, Readings, Sample
from sunset.validation.rules import ROWS, Rule

Cell = str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One table to assert on.

    Attributes:
        name: name of the suite of expectations.
        columns: column names; the first one holds the subject, unique over the lines.
        pairs: columns that must be equal on every line.
        lines: the cells, all text.
        expected: number of lines that there must be.
    """

    name: str
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    lines: tuple[tuple[Cell, ...], ...]
    expected: int


def tables_frame(expected: Sequence[str], source: Facts, target: Facts) -> Frame:
    """Rows and checksum of every table of the catalogue, and of every other table that has facts."""
    old = {fact.table: (str(fact.rows), fact.checksum) for fact in source.tables}
    new = {fact.table: (str(fact.rows), fact.checksum) for fact in target.tables}
    nothing = (None, None)
    lines = tuple(
        (table, *old.get(table, nothing), *new.get(table, nothing)) for table in sorted({*expected, *old, *new})
    )
    return Frame(
        "tables",
        ("table", "source_rows", "source_checksum", "target_rows", "target_checksum"),
        (("source_rows", "target_rows"), ("source_checksum", "target_checksum")),
        lines,
        len(set(expected)),
    )


def sequences_frame(source: Facts, target: Facts) -> Frame:
    """The next value of every sequence."""
    old = {fact.sequence: str(fact.next_value) for fact in source.sequences}
    new = {fact.sequence: str(fact.next_value) for fact in target.sequences}
    return _two_sided("sequences", "sequence", old, new, len(source.sequences))


def objects_frame(source: Facts, target: Facts) -> Frame:
    """The digest of every object's definition."""
    old = {f"{fact.kind} {fact.identity}": _digest(fact.definition) for fact in source.objects}
    new = {f"{fact.kind} {fact.identity}": _digest(fact.definition) for fact in target.objects}
    return _two_sided("objects", "object", old, new, len(source.objects))


def checks_frame(names: Sequence[str], source: Readings, target: Readings) -> Frame:
    """The answers to the spec's own checks."""
    old: dict[str, Cell] = {**dict.fromkeys(names), **{answer.check: _answer(answer) for answer in source.answers}}
    new = {answer.check: _answer(answer) for answer in target.answers}
    return _two_sided("checks", "check", old, new, len(names))


def sample_frame(source: Readings, target: Readings) -> Frame:
    """Number and digest of the rows that were read back, for each table that has a key."""
    old = {sample.table: _sample(sample) for sample in source.samples}
    new = {sample.table: _sample(sample) for sample in target.samples}
    return _two_sided("sample", "table", old, new, len(source.samples))


def rules_frame(rules: Sequence[Rule], expected_rows: Mapping[str, int]) -> Frame:
    """Rows of each table on the target, which must be as many as were copied, and rows that break a rule."""
    measured = {rule.table for rule in rules}
    lines: list[tuple[Cell, ...]] = [
        (
            f"{rule.table}: {rule.name}",
            str(expected_rows.get(rule.table, "")) if rule.name == ROWS else "0",
            None if rule.found is None else str(rule.found),
        )
        for rule in rules
    ]
    lines += [(f"{table}: {ROWS}", str(rows), None) for table, rows in expected_rows.items() if table not in measured]
    return Frame("rules", ("rule", "expected", "found"), (("expected", "found"),), tuple(lines), len(lines))


def _two_sided(name: str, subject: str, old: Mapping[str, Cell], new: Mapping[str, Cell], expected: int) -> Frame:
    lines = tuple((key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))
    return Frame(name, (subject, "source", "target"), (("source", "target"),), lines, expected)


def _answer(answer: Answer) -> Cell:
    return None if answer.fault else f"{answer.rows} rows, {answer.digest}"


def _sample(sample: Sample) -> str:
    return f"{len(sample.rows)} rows, {_digest(str(sample.rows))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
