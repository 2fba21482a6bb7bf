"""Reads the rows of one table as hashes: sums over parts of it, and one by one in an order that both sides share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.checksum import SEEDS, hash_expression, row_expression
from sunset.database.postgres.tables import Table
from sunset.validation.merge import KeyDifference, Pair
from sunset.validation.rows import RowName

Sums = tuple[int, int, int]
"""Number of rows, and the sums of both hashes of each."""

BATCH = 2_000
FINGERPRINT = 16
# Integers, uuid and dates name a row to its keeper and tell others little; any other key may be a name or an address.
_SHOWN_TYPES = {"smallint", "integer", "bigint", "uuid", "date"}

_COLUMN_TYPES = """
    SELECT a.attname, format_type(a.atttypid, NULL)
    FROM pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attname = ANY (%s)
"""
_SUMS = """
    SELECT part, count(*), sum({high}), sum({low})
    FROM (SELECT {part} AS part, {row} AS x FROM ONLY {table} WHERE {condition} OFFSET 0) AS q
    GROUP BY 1
"""
_PAIRS = """
    SELECT {k1}, {k2}, {x1}, {x2}, min({name}), count(*)
    FROM (SELECT {key} AS k, {row} AS x, {shown} AS shown FROM ONLY {table} WHERE {condition} OFFSET 0) AS q
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class RowReader:
    """The queries over one table.

    Attributes:
        table: the source's table; the target has the same columns.
        key: columns that name a row; none takes the whole row for its key.
        shown: the key columns whose values may name a row, or empty.
    """

    table: Table
    key: tuple[str, ...]
    shown: tuple[str, ...]

    @classmethod
    def of(cls, connection: psycopg.Connection, table: Table, key: Sequence[str]) -> RowReader:
        types: dict[str, str] = dict(connection.execute(_COLUMN_TYPES, [table.quoted, list(key)]).fetchall())
        shown = key if all(types[column] in _SHOWN_TYPES for column in key) else ()
        return cls(table, tuple(key), tuple(shown))

    @property
    def key_text(self) -> sql.Composed:
        return row_expression(self.key or self.table.columns)

    @property
    def key_hash(self) -> sql.Composed:
        """The first half of the key's hash, as an expression over a row of the table."""
        return hash_expression(self.key_text, SEEDS[0])

    def sums(
        self, connection: psycopg.Connection, part: sql.Composable, condition: sql.Composable
    ) -> Mapping[int, Sums]:
        """Sums of the rows that meet a condition, by part.

        Args:
            connection: session opened by `endpoint.read_only`.
            part: an integer expression over a row of the table.
            condition: likewise a boolean one.
        """
        query = sql.SQL(_SUMS).format(
            high=hash_expression(sql.SQL("x"), SEEDS[0]),
            low=hash_expression(sql.SQL("x"), SEEDS[1]),
            part=part,
            row=row_expression(self.table.columns),
            table=self.table.identifier,
            condition=condition,
        )
        return {number: (rows, int(high), int(low)) for number, rows, high, low in connection.execute(query)}

    def pairs(self, connection: psycopg.Connection, condition: sql.Composable) -> Iterator[Pair]:
        """Key hash, row hash, name and copies of every row that meets a condition, in the order of the hashes."""
        key, row = sql.SQL("k"), sql.SQL("x")
        query = sql.SQL(_PAIRS).format(
            k1=hash_expression(key, SEEDS[0]),
            k2=hash_expression(key, SEEDS[1]),
            x1=hash_expression(row, SEEDS[0]),
            x2=hash_expression(row, SEEDS[1]),
            name=sql.SQL("shown") if self.shown else sql.SQL("ARRAY[{}]").format(_fingerprint(key)),
            key=self.key_text,
            row=row_expression(self.table.columns),
            shown=sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(_as_text(column) for column in self.shown)),
            table=self.table.identifier,
            condition=condition,
        )
        with connection.cursor(name="sunset_narrow") as cursor:
            cursor.itersize = BATCH
            yield from cursor.execute(query)  # no parameters: a "%" in a name would be taken for one

    def name(self, difference: KeyDifference) -> RowName:
        """What names the row of a difference, and SQL that finds it."""
        values = difference.name
        if self.shown:
            named = list(zip(self.shown, values, strict=True))
            text = ", ".join(f"{column}={value}" for column, value in named)
            parts = [sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value)) for column, value in named]
            condition = sql.SQL(" AND ").join(parts)
        else:
            text = f"sha256:{values[0]}"
            condition = sql.SQL("{} = {}").format(_fingerprint(self.key_text), sql.Literal(values[0]))
        find = sql.SQL("SELECT * FROM ONLY {} WHERE {}").format(self.table.identifier, condition)
        return RowName(text, difference.source_copies, difference.target_copies, find.as_string())


def _as_text(column: str) -> sql.Composed:
    return sql.SQL("{}::text").format(sql.Identifier(column))


def _fingerprint(text: sql.Composable) -> sql.Composed:
    return sql.SQL("left(encode(sha256(convert_to({}, 'UTF8')), 'hex'), {})").format(text, sql.Literal(FINGERPRINT))
