"""Narrows a difference between two copies of a table down to the rows, without reading their content.

Both databases hash every row into buckets by its key and sum the row hashes of each bucket. Of the buckets that
differ, (key hash, row hash) pairs are read in one order from both sides and merged, so memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from sunset.database.postgres.checksum import SEEDS, hash_expression, row_expression
from sunset.database.postgres.tables import Table
from sunset.validation.merge import KeyDifference, Pair, merge
from sunset.validation.rows import RowDifferences, RowName

BUCKETS = 2**16
LISTED = 1_000
BATCH = 2_000
FINGERPRINT = 16
# Integers, uuid and dates name a row to its keeper and tell others little; any other key may be a name or an address.
_SHOWN_TYPES = {"smallint", "integer", "bigint", "uuid", "date"}

_COLUMN_TYPES = """
    SELECT a.attname, format_type(a.atttypid, NULL)
    FROM pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attname = ANY (%s)
"""
_SUMS = """
    SELECT (k & {mask})::int, count(*), sum({high}::numeric), sum({low}::numeric)
    FROM (SELECT {key_hash} AS k, {row} AS x FROM ONLY {table} OFFSET 0) AS q
    GROUP BY 1
"""
_PAIRS = """
    SELECT k1, k2, x1, x2, min(name), count(*)
    FROM (
        SELECT {k1} AS k1, {k2} AS k2, {x1} AS x1, {x2} AS x2, {name} AS name
        FROM (SELECT {key} AS k, {row} AS x, {shown} AS shown FROM ONLY {table} OFFSET 0) AS q
        WHERE ({k1} & {mask})::int = ANY ({buckets})
    ) AS pairs
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def narrow(
    source: psycopg.Connection, target: psycopg.Connection, table: Table, key: Sequence[str], listed: int = LISTED
) -> RowDifferences:
    """The rows of `table` that are not the same on both sides.

    Args:
        source: session opened by `endpoint.read_only`, in autocommit.
        target: likewise.
        table: the source's table; the target must have the same columns.
        key: columns that name a row; none compares whole rows, doubles counted.
        listed: how many rows are named at most.
    """
    reader = _Reader(table, tuple(key), _shown(source, table, key))
    with _one_state(source), _one_state(target):
        old, new = reader.sums(source), reader.sums(target)
        buckets = sorted(bucket for bucket in old.keys() | new.keys() if old.get(bucket) != new.get(bucket))
        found = _Found(listed)
        if buckets:
            for difference in merge(reader.pairs(source, buckets), reader.pairs(target, buckets)):
                found.add(reader, difference)
    return RowDifferences(
        table=table.quoted,
        missing=tuple(found.missing),
        unexpected=tuple(found.unexpected),
        changed=tuple(found.changed),
        truncated=found.truncated,
        source_checksum=_checksum(old),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The queries over one table; `shown` are the key columns whose values may name a row, or empty."""

    table: Table
    key: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def key_text(self) -> sql.Composed:
        return row_expression(self.key or self.table.columns)

    def sums(self, connection: psycopg.Connection) -> dict[int, tuple[int, int, int]]:
        """Number of rows and both sums of row hashes of each bucket."""
        query = sql.SQL(_SUMS).format(
            mask=sql.Literal(BUCKETS - 1),
            high=hash_expression(sql.SQL("x"), SEEDS[0]),
            low=hash_expression(sql.SQL("x"), SEEDS[1]),
            key_hash=hash_expression(self.key_text, SEEDS[0]),
            row=row_expression(self.table.columns),
            table=self.table.identifier,
        )
        return {bucket: (rows, int(high), int(low)) for bucket, rows, high, low in connection.execute(query)}

    def pairs(self, connection: psycopg.Connection, buckets: Sequence[int]) -> Iterator[Pair]:
        """Key hash, row hash, name and copies of every row of these buckets, in the order of the hashes."""
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
            mask=sql.Literal(BUCKETS - 1),
            buckets=sql.Literal(list(buckets)),
        )
        with connection.cursor(name="sunset_narrow") as cursor:
            cursor.itersize = BATCH
            yield from cursor.execute(query)  # no parameters: a "%" in a name would be taken for one

    def name(self, difference: KeyDifference) -> RowName:
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


@dataclass(slots=True)
class _Found:
    """The rows named so far, and the number of those that were not."""

    listed: int
    missing: list[RowName] = field(default_factory=list)
    unexpected: list[RowName] = field(default_factory=list)
    changed: list[RowName] = field(default_factory=list)
    truncated: int = 0

    def add(self, reader: _Reader, difference: KeyDifference) -> None:
        if len(self.missing) + len(self.unexpected) + len(self.changed) == self.listed:
            self.truncated += 1
        elif difference.lost and difference.gained:
            self.changed.append(reader.name(difference))
        elif difference.lost:
            self.missing.append(reader.name(difference))
        else:
            self.unexpected.append(reader.name(difference))


def _shown(connection: psycopg.Connection, table: Table, key: Sequence[str]) -> tuple[str, ...]:
    types: dict[str, str] = dict(connection.execute(_COLUMN_TYPES, [table.quoted, list(key)]).fetchall())
    return tuple(key) if key and all(types[column] in _SHOWN_TYPES for column in key) else ()


def _as_text(column: str) -> sql.Composed:
    return sql.SQL("{}::text").format(sql.Identifier(column))


def _fingerprint(text: sql.Composable) -> sql.Composed:
    return sql.SQL("left(encode(sha256(convert_to({}, 'UTF8')), 'hex'), {})").format(text, sql.Literal(FINGERPRINT))


def _checksum(sums: dict[int, tuple[int, int, int]]) -> str:
    high, low = (sum(bucket[place] for bucket in sums.values()) % 2**64 for place in (1, 2))
    return f"{high:016x}{low:016x}"


@contextmanager
def _one_state(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
