"""Measures how many rows of the target break each rule of its catalogue, table by table in aggregated queries.

Tables are read, not their indexes: a broken index may be what hides a double or an orphan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.tables import Table
from sunset.database.postgres.translate import translated
from sunset.validation.constraints import CheckRule, Constraint, ForeignKey, NotNull, UniqueKey

ROWS = "rows"
READ_TABLES = {"enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}
"""Session settings under which rules are measured."""

# num_nulls() is not "IS NULL", which the planner answers from the constraint itself.
_BROKEN_NULL = "count(*) FILTER (WHERE num_nulls({}) > 0)"
_BROKEN_CHECK = "count(*) FILTER (WHERE NOT ({}))"
_SCAN = "SELECT ARRAY[{counts}] FROM ONLY {table}"
_DOUBLES = """
    SELECT ARRAY[coalesce(sum(times - 1), 0)::bigint]
    FROM (SELECT count(*) AS times FROM ONLY {table} WHERE {counted} GROUP BY {columns} HAVING count(*) > 1) AS doubles
"""
_ORPHANS = """
    SELECT ARRAY[count(*)] FROM ONLY {table} AS child
    WHERE num_nulls({columns}) = 0 AND NOT EXISTS (SELECT FROM {parent} AS parent WHERE {same})
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule and what was found.

    Attributes:
        table: quoted name.
        name: `rows`, or what the catalogue demands.
        found: number of rows, or of rows that break the rule; None where it could not be measured.
        fault: why it could not be measured, without row values.
    """

    table: str
    name: str
    found: int | None
    fault: str = ""


def measure_rules(
    connection: psycopg.Connection, tables: Sequence[Table], constraints: Iterable[Constraint]
) -> tuple[Rule, ...]:
    """Number of rows of each table, and of those that break each of its constraints.

    Args:
        connection: session opened by `endpoint.read_only` with the settings `READ_TABLES`, in autocommit.
        tables: tables of this database.
        constraints: what `find_constraints` found for these tables.

    Raises:
        Unavailable: the server went away.
    """
    of_table: dict[str, list[Constraint]] = {table.quoted: [] for table in tables}
    for constraint in constraints:
        of_table[constraint.table].append(constraint)
    return tuple(rule for table in tables for rule in _measure_table(connection, table, of_table[table.quoted]))


def _measure_table(connection: psycopg.Connection, table: Table, constraints: Sequence[Constraint]) -> Iterator[Rule]:
    of_rows = [constraint for constraint in constraints if isinstance(constraint, NotNull | CheckRule)]
    yield from _measure(connection, table, [ROWS, *map(str, of_rows)], scan_query(table, of_rows))
    for constraint in constraints:
        if isinstance(constraint, UniqueKey):
            yield from _measure(connection, table, [str(constraint)], doubles_query(table, constraint))
        elif isinstance(constraint, ForeignKey):
            yield from _measure(connection, table, [str(constraint)], orphans_query(table, constraint))


def _measure(connection: psycopg.Connection, table: Table, names: Sequence[str], query: sql.Composed) -> Iterator[Rule]:
    found: Sequence[int | None] = [None] * len(names)
    fault = ""
    with translated(table.quoted):
        try:
            ((found,),) = connection.execute(query).fetchall()
        except (psycopg.DataError, psycopg.ProgrammingError) as error:
            fault = type(error).__name__
    for name, number in zip(names, found, strict=True):
        yield Rule(table.quoted, name, number, fault)


def scan_query(table: Table, constraints: Sequence[NotNull | CheckRule]) -> sql.Composed:
    """A query for one array: the number of rows, then the number of those that break each constraint."""
    counts: list[sql.Composable] = [sql.SQL("count(*)")]
    for constraint in constraints:
        if isinstance(constraint, NotNull):
            counts.append(sql.SQL(_BROKEN_NULL).format(sql.Identifier(constraint.column)))
        else:
            counts.append(sql.SQL(_BROKEN_CHECK).format(sql.SQL(constraint.condition)))
    return sql.SQL(_SCAN).format(counts=sql.SQL(", ").join(counts), table=table.identifier)


def doubles_query(table: Table, key: UniqueKey) -> sql.Composed:
    """A query for an array of one: how many rows there are beyond the first of each key."""
    columns = _listed(key.columns)
    counted = sql.SQL("true") if key.nulls_equal else sql.SQL("num_nulls({}) = 0").format(columns)
    return sql.SQL(_DOUBLES).format(table=table.identifier, counted=counted, columns=columns)


def orphans_query(table: Table, key: ForeignKey) -> sql.Composed:
    """A query for an array of one: how many rows refer to none."""
    parent = sql.SQL("ONLY {}" if key.parent_only else "{}").format(sql.Identifier(*key.parent))
    same = [
        sql.SQL("parent.{} {} child.{}").format(sql.Identifier(referred), sql.SQL(operator), sql.Identifier(referring))
        for referred, operator, referring in zip(key.parent_columns, key.operators, key.columns, strict=True)
    ]
    return sql.SQL(_ORPHANS).format(
        table=table.identifier,
        columns=_listed(key.columns),
        parent=parent,
        same=sql.SQL(" AND ").join(same),
    )


def _listed(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
