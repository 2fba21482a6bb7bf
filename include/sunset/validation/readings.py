"""Readings: what one side answers to the spec's checks, and a sample of its rows. Digests, not values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

SAMPLE_ROWS = 100
"""Rows of each table that are read back by key, where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the spec: a query whose answer must be the same on both sides.

    Attributes:
        name: what is checked.
        source: name of the source.
        sql: the query in the source's words.
        target_sql: the query in the target's words, where these are not the source's.
        expect: the one number that both sides have to answer; None where being equal is all that is asked.
    """

    name: str
    source: str
    sql: str
    target_sql: str | None = None
    expect: Decimal | None = None

    def on_target(self) -> Check:
        """The check as the target is asked it."""
        return replace(self, sql=self.target_sql or self.sql)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one side answered to a check.

    Attributes:
        check: name of the check.
        rows: number of rows in the answer.
        digest: SHA-256 over column names and all values as text, in the order of the answer.
        number: the answer itself, where it is one row of one numeric column; else None.
        fault: why the check has no answer on this side, without row values; else empty.
    """

    check: str
    rows: int = 0
    digest: str = ""
    number: str | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of one table, picked by the hash of their keys and read back one by one.

    Attributes:
        table: quoted, schema-qualified name.
        key: columns by which the rows are read.
        rows: pairs of key hash and row hash, sorted.
    """

    table: str
    key: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """Answers and samples of one side, read in one session."""

    answers: tuple[Answer, ...] = ()
    samples: tuple[Sample, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Readings:
        return cls(
            answers=tuple(Answer(**answer) for answer in data["answers"]),
            samples=tuple(
                Sample(sample["table"], tuple(sample["key"]), tuple((key, row) for key, row in sample["rows"]))
                for sample in data["samples"]
            ),
        )
