"""Row text, row hash and table checksum, computed inside the database.

A row's text is PostgreSQL's own record output, which tells NULL from '' and quotes separators. Its hash is
128 bits: `hashtextextended` (stable between versions and builds) under two seeds. A table's checksum is the
two sums modulo 2^64, so it does not depend on the order of rows, counts doubles, and adds up over chunks.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.database.postgres.tables import Table
from sunset.validation.facts import TableFact

SEEDS = (0x5DEECE66D, 0x2545F4914F6CDD1D)


def row_expression(columns: Sequence[str]) -> sql.Composed:
    """The text of a row over these columns, in this order, compared bytewise."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return sql.SQL('ROW({})::text COLLATE "C"').format(names)


def hash_expression(text: sql.Composable, seed: int) -> sql.Composed:
    """64 bits of hash over a text expression."""
    return sql.SQL("hashtextextended({}, {})").format(text, sql.Literal(seed))


def measure_table(connection: psycopg.Connection, table: Table, condition: sql.Composable | None = None) -> TableFact:
    """Count and checksum of one table alone (`ONLY`), or of the rows that meet a condition."""
    rows, high, low = connection.execute(fact_query(table, condition)).fetchone()  # type: ignore[misc]
    return TableFact(table.quoted, rows, f"{int(high) % 2**64:016x}{int(low) % 2**64:016x}")


def fact_query(table: Table, condition: sql.Composable | None = None) -> sql.Composed:
    """What `measure_table` asks: number of rows, and the two sums."""
    # OFFSET 0 keeps the planner from writing the row's text out twice, once for each seed.
    return sql.SQL(
        "SELECT count(*), coalesce(sum({high}), 0), coalesce(sum({low}), 0) "
        "FROM (SELECT {row} AS x FROM ONLY {table} WHERE {condition} OFFSET 0) AS q"
    ).format(
        high=hash_expression(sql.SQL("x"), SEEDS[0]),
        low=hash_expression(sql.SQL("x"), SEEDS[1]),
        row=row_expression(table.columns),
        table=table.identifier,
        condition=condition or sql.SQL("true"),
    )
