"""Rows that no type of the target holds: refused, or kept as JSON text in a table of their own on the target.

They are few, and counted: the facts of a table say how many of its rows are here, and its checksum covers them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import psycopg
from psycopg import sql

from sunset.database.foreign.digest import digest
from sunset.database.foreign.lines import Tally, line
from sunset.database.foreign.model import Form, Table
from sunset.database.foreign.reader import BadRow
from sunset.errors import Refusal
from sunset.validation.facts import TableFact

_CREATE = """
    CREATE SCHEMA IF NOT EXISTS sunset_quarantine;
    CREATE TABLE IF NOT EXISTS sunset_quarantine.rows (
        source text NOT NULL, unit text NOT NULL, "table" text NOT NULL, key text NOT NULL, "column" text NOT NULL,
        reason text NOT NULL, row text NOT NULL);
"""
SHOWN: tuple[Form, ...] = ("integer", "uuid", "date")
"""Forms of a key that name a row to its keeper and tell others little."""


@dataclass(slots=True)
class Bucket:
    """The rows of one unit that go into quarantine; `allowed` of them may, over the whole source."""

    table: Table
    allowed: int
    rows: list[BadRow] = field(default_factory=list)

    def reject(self, row: BadRow) -> None:
        """Take a row in.

        Raises:
            Refusal: none, or no more, are allowed; names table, column, key and reason.
        """
        if len(self.rows) >= self.allowed:
            raise _refusal(self.table, row, self.allowed)
        self.rows.append(row)

    def fact(self, sent: TableFact) -> TableFact:
        """The fact of the lines that were sent, with these rows added."""
        tally = Tally(high=int(sent.checksum[:16], 16), low=int(sent.checksum[16:], 16))
        for row in self.rows:
            tally.add(line(_cells(self.table, row)))
        return replace(sent, checksum=tally.checksum, quarantined=len(self.rows))

    def lines(self, source: str, unit: str) -> Iterator[bytes]:
        """The rows as lines of COPY's text format, for the quarantine's table."""
        for row in self.rows:
            yield line((source, unit, self.table.address, *_cells(self.table, row))) + b"\n"

    def keep(self, target: psycopg.Connection, source: str, unit: str) -> None:
        """Put the rows on the target, inside the transaction of their unit.

        Raises:
            Refusal: with those of other units they are more than is allowed.
        """
        if not self.rows:
            return
        create(target)  # which lets one unit in at a time, so that each sees all that went before
        with target.cursor().copy("COPY sunset_quarantine.rows FROM STDIN") as copy:
            for each in self.lines(source, unit):
                copy.write(each)
        if held(target, source) > self.allowed:
            raise _refusal(self.table, self.rows[-1], self.allowed)


def shown_key(table: Table, key: Sequence[str]) -> str:
    """What names a row in messages: its key where that is a number, uuid or date, else the key's fingerprint."""
    if not key:
        return "a row without a key"
    forms = {column.name: column.form for column in table.columns}
    if all(forms[name] in SHOWN for name in table.key):
        return named_key(table, key)
    return f"sha256:{hashlib.sha256(line(key)).hexdigest()[:16]}"


def named_key(table: Table, key: Sequence[str]) -> str:
    """A row's key as it stands in quarantine; empty where the table has none."""
    return ", ".join(f"{name}={value}" for name, value in zip(table.key, key, strict=True)) if key else ""


def create(target: psycopg.Connection) -> None:
    """Make the quarantine where it is not there, and keep others out of it until the transaction ends."""
    target.execute("SELECT pg_advisory_xact_lock(hashtextextended('sunset_quarantine', 0))")
    target.execute(_CREATE)


def held(target: psycopg.Connection, source: str) -> int:
    """Number of rows of a source that are in quarantine."""
    if not exists(target):
        return 0
    row = target.execute("SELECT count(*) FROM sunset_quarantine.rows WHERE source = %s", [source]).fetchone()
    return int(row[0]) if row else 0


def measure(target: psycopg.Connection, source: str, table: str) -> tuple[int, int, int]:
    """Number of a table's rows in quarantine, and both sums over their lines."""
    if not exists(target):
        return 0, 0, 0
    how = digest(target)
    query = sql.SQL("SELECT count(*), {} FROM (SELECT {} AS x FROM sunset_quarantine.rows WHERE {}) AS q")
    which = sql.SQL('source = {} AND "table" = {}').format(sql.Literal(source), sql.Literal(table))
    count, high, low = target.execute(query.format(how.sums, how.of_line.format(_LINE), which)).fetchone()  # type: ignore[misc]
    return count, int(high), int(low)


def empty(target: psycopg.Connection, source: str, tables: Sequence[str]) -> None:
    """Take the rows of these tables out: their copy starts anew."""
    if exists(target):
        target.execute(
            'DELETE FROM sunset_quarantine.rows WHERE source = %s AND "table" = ANY (%s)', [source, list(tables)]
        )


def exists(target: psycopg.Connection) -> bool:
    """Whether this database has a quarantine."""
    return target.execute("SELECT to_regclass('sunset_quarantine.rows') IS NOT NULL").fetchone() == (True,)


def _cells(table: Table, row: BadRow) -> tuple[str, str, str, str]:
    return named_key(table, row.key), row.column, row.reason, row.row


_LINE = sql.SQL(
    "array_to_string(ARRAY(SELECT replace(replace(replace(replace("
    "cell, '\\', '\\\\'), E'\\t', '\\t'), E'\\n', '\\n'), E'\\r', '\\r') "
    "FROM unnest(ARRAY[key, \"column\", reason, row]) WITH ORDINALITY AS cells(cell, place) ORDER BY place), E'\\t')"
)


def _refusal(table: Table, row: BadRow, allowed: int) -> Refusal:
    more = f"more than the {allowed} rows that may go into quarantine do not fit: " if allowed else ""
    return Refusal(
        f"{more}column {row.column!r} of {shown_key(table, row.key)}: {row.reason}.",
        where=table.address,
        remedy="Correct it at the source, give the column another type under `types`, or allow `quarantine` rows.",
    )
