"""Keys that both sides keep in one order, so that a range of them is the same rows on either side.

An order that hangs on a collation is none: libraries and their versions disagree. Text counts where it is ordered
bytewise on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.tables import Table
from sunset.validation.lookup import find_key

Bound = tuple[str, ...]
"""A key as text, one entry a column."""

NULLS = -1
"""Number of the part that holds the keys with a NULL, which no range does."""

SAMPLED_PAGES = 1_000
FIXED_PARTS = 1_000
VARYING_PARTS = 100
"""Parts of a range: the server finds the part among values of fixed length by halving, among others one by one."""

_TYPES = """
    SELECT format_type(a.atttypid, a.atttypmod), t.typlen > 0, t.typcollation <> 0
    FROM unnest(%(key)s::text[]) WITH ORDINALITY AS wanted(name, place)
    JOIN pg_attribute a ON a.attrelid = to_regclass(%(table)s) AND a.attname = wanted.name
    JOIN pg_type t ON t.oid = a.atttypid AND t.typnamespace = 'pg_catalog'::regnamespace
    JOIN pg_database d ON d.datname = current_database()
    LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'uuid', 'date', 'time', 'timestamp',
                        'timestamptz', 'numeric', 'bytea')
       OR t.typname IN ('text', 'varchar', 'bpchar') AND CASE
            WHEN c.collprovider = 'b' THEN true
            WHEN c.collprovider <> 'd' THEN c.collprovider = 'c' AND c.collcollate IN ('C', 'POSIX')
            WHEN to_jsonb(d) ->> 'datlocprovider' = 'b' THEN true
            ELSE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' AND d.datcollate IN ('C', 'POSIX') END
    ORDER BY wanted.place
"""
_BOUNDS = """
    SELECT ARRAY[{texts}] FROM (
        SELECT {columns}, row_number() OVER (ORDER BY {columns}) AS n, count(*) OVER () AS total
        FROM ONLY {table} {sample} WHERE num_nulls({columns}) = 0 AND {inside}
    ) AS q
    WHERE n % greatest(total / {parts}, 1) = 0 ORDER BY n
"""
_SHARE = """
    SELECT least(100.0 * %s * current_setting('block_size')::int / greatest(pg_relation_size(to_regclass(%s)), 1), 100)
"""


@dataclass(frozen=True, slots=True)
class Range:
    """The keys from `lower` on and below `upper`; None for an open end."""

    lower: Bound | None = None
    upper: Bound | None = None


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column of a key: its name, its type in SQL, and whether it is text, which is compared bytewise."""

    name: str
    type: str
    textual: bool

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.name)

    def literal(self, value: str) -> sql.Composed:
        return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(self.type))

    def bytewise(self, expression: sql.Composable) -> sql.Composable:
        return sql.SQL('{} COLLATE "C"').format(expression) if self.textual else expression


@dataclass(frozen=True, slots=True)
class OrderedKey:
    """A key with one order on both sides, and an index in that order.

    Attributes:
        table: the table.
        columns: its columns, in the order of the index.
        parts: into how many parts a range is split at once.
    """

    table: Table
    columns: tuple[KeyColumn, ...]
    parts: int

    @property
    def names(self) -> sql.Composed:
        return sql.SQL(", ").join(column.identifier for column in self.columns)

    def within(self, keys: Range) -> sql.Composed:
        """The condition that a row's key lies in a range, in a form that an index answers."""
        row = _tuple([column.identifier for column in self.columns])
        conditions: list[sql.Composable] = [sql.SQL("true")]
        for operator, bound in ((">=", keys.lower), ("<", keys.upper)):
            if bound:
                value = _tuple([column.literal(text) for column, text in zip(self.columns, bound, strict=True)])
                conditions.append(sql.SQL("{} {} {}").format(row, sql.SQL(operator), value))
        return sql.SQL(" AND ").join(conditions)

    def with_null(self) -> sql.Composed:
        """The condition that a row's key lies in no range."""
        return sql.SQL("num_nulls({}) > 0").format(self.names)

    def part(self, bounds: Sequence[Bound]) -> sql.Composed:
        """Number of the part that a row's key lies in: part n begins with bound n - 1 and ends below bound n."""
        return sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(
            self.with_null(), sql.Literal(NULLS), self._bucket(bounds) if bounds else sql.Literal(0)
        )

    def sampled_bounds(self, connection: psycopg.Connection) -> list[Bound]:
        """Keys that cut the whole table into parts of roughly one size, from a bounded number of its pages."""
        (share,) = connection.execute(_SHARE, [SAMPLED_PAGES, self.table.quoted]).fetchone()  # type: ignore[misc]
        sample = sql.SQL("TABLESAMPLE SYSTEM ({}) REPEATABLE (0)").format(sql.Literal(share))
        return self._bounds(connection, sample, Range())

    def bounds(self, connection: psycopg.Connection, keys: Range) -> list[Bound]:
        """Keys that cut a range into parts of one size, read off the index."""
        return [bound for bound in self._bounds(connection, sql.SQL(""), keys) if bound != keys.lower]

    def _bounds(self, connection: psycopg.Connection, sample: sql.Composable, keys: Range) -> list[Bound]:
        query = sql.SQL(_BOUNDS).format(
            texts=sql.SQL(", ").join(sql.SQL("{}::text").format(column.identifier) for column in self.columns),
            columns=self.names,
            table=self.table.identifier,
            sample=sample,
            inside=self.within(keys),
            parts=sql.Literal(self.parts),
        )
        found = (tuple(bound) for (bound,) in connection.execute(query))
        return list(dict.fromkeys(found))  # a key that is no longer enforced may come twice

    def _bucket(self, bounds: Sequence[Bound]) -> sql.Composed:
        key = _tuple([column.bytewise(column.identifier) for column in self.columns])
        values = [
            _tuple([column.bytewise(column.literal(text)) for column, text in zip(self.columns, bound, strict=True)])
            for bound in bounds
        ]
        return sql.SQL("width_bucket({}, ARRAY[{}])").format(key, sql.SQL(", ").join(values))


def find_ordered_key(
    source: psycopg.Connection, target: psycopg.Connection, table: Table, key: Sequence[str]
) -> OrderedKey | None:
    """The key as one with a common order; None where there is none, or not the same on both sides."""
    columns = _columns(source, table, key)
    if not key or len(columns) < len(key) or _columns(target, table, key) != columns:
        return None
    if tuple(key) != find_key(target, table.quoted):
        return None
    quick = len(columns) == 1 and columns[0][1]
    return OrderedKey(
        table,
        tuple(KeyColumn(name, type_, textual) for name, (type_, _, textual) in zip(key, columns, strict=True)),
        FIXED_PARTS if quick else VARYING_PARTS,
    )


def _columns(connection: psycopg.Connection, table: Table, key: Sequence[str]) -> list[tuple[str, bool, bool]]:
    return connection.execute(_TYPES, {"key": list(key), "table": table.quoted}).fetchall()


def _tuple(values: Sequence[sql.Composable]) -> sql.Composable:
    return values[0] if len(values) == 1 else sql.SQL("ROW({})").format(sql.SQL(", ").join(values))
