"""What comes after the rows: keys, indexes, checks, foreign keys, views, and where the counting goes on."""

from __future__ import annotations

from collections.abc import Container, Sequence

import psycopg
from psycopg import sql

from sunset.database.foreign import ddl
from sunset.database.foreign.model import Column, ForeignKey, Schema, Table, View
from sunset.errors import Refusal

_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def add_keys(target: psycopg.Connection, schema: Schema) -> None:
    """Primary keys, unique constraints, indexes and checks.

    Raises:
        Refusal: the rows do not meet one; names it.
    """
    for table in schema.tables:
        for statement in ddl.after_rows(table):
            _apply(target, statement, table.address)


def add_foreign_keys(target: psycopg.Connection, schema: Schema, broken: Container[tuple[str, str]]) -> None:
    """Foreign keys, all validated but those that the source's own rows break.

    Args:
        target: inside the caller's transaction.
        schema: the tables, with their keys.
        broken: table address and name of each foreign key with rows that have no parent.

    Raises:
        Refusal: another one does not hold on the target; names it and counts the rows.
    """
    for table in schema.tables:
        for key in table.foreign_keys:
            _apply(target, ddl.foreign_key(table, key), table.address)
    target.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in schema.tables:
        for key in table.foreign_keys:
            if (table.address, key.name) not in broken:
                _validate(target, table, key)


def count_orphans(connection: psycopg.Connection, table: Table, key: ForeignKey) -> int:
    """Rows whose columns are not found in the parent."""
    columns = [sql.Identifier("child", name) for name in key.columns]
    pairs = zip(columns, key.parent_columns, strict=True)
    query = sql.SQL(
        "SELECT count(*) FROM {} AS child WHERE num_nulls({}) = 0 AND NOT EXISTS (SELECT FROM {} AS parent WHERE {})"
    ).format(
        ddl.identifier(table),
        sql.SQL(", ").join(columns),
        sql.Identifier(*key.parent),
        sql.SQL(" AND ").join(sql.SQL("{} = {}").format(sql.Identifier("parent", name), own) for own, name in pairs),
    )
    (count,) = connection.execute(query).fetchone()  # type: ignore[misc]
    return int(count)


def add_views(target: psycopg.Connection, views: Sequence[View]) -> None:
    """Views, each after those that it reads: what cannot be made yet is tried again after the others.

    Raises:
        Refusal: a view cannot be made at all; names it.
    """
    left = list(views)
    while left:
        errors = {view.address: _try(target, view) for view in left}
        waiting = [view for view in left if errors[view.address]]
        if len(waiting) == len(left):
            raise Refusal(
                f"the view cannot be made on the target: {errors[left[0].address]}",
                where=left[0].address,
                remedy="Leave it out with a disposition, and write it anew by hand.",
            )
        left = waiting


def set_identities(target: psycopg.Connection, schema: Schema) -> None:
    """Let every column that counts by itself go on where the source does."""
    for table in schema.tables:
        for column in table.columns:
            if column.identity is not None:
                _set_identity(target, table, column, column.identity)


def analyze(target: psycopg.Connection, schema: Schema) -> None:
    """Statistics for the planner, so that the first query after the cutover is not the slow one."""
    for table in schema.tables:
        target.execute(sql.SQL("ANALYZE {}").format(ddl.identifier(table)))


def _set_identity(target: psycopg.Connection, table: Table, column: Column, next_value: int) -> None:
    used_up = next_value > _LARGEST[column.type]
    target.execute(
        "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
        [table.address, column.name, next_value - used_up, used_up],
    )


def _validate(target: psycopg.Connection, table: Table, key: ForeignKey) -> None:
    try:
        with target.transaction():
            target.execute(ddl.validate(table, key))
    except psycopg.errors.ForeignKeyViolation:
        rows = count_orphans(target, table, key)
        raise Refusal(
            f"the foreign key {key.name!r} is broken by {rows} rows on the target, and not on the source.",
            where=table.address,
            remedy="Somebody wrote to one of them meanwhile: start a new round.",
        ) from None


def _try(target: psycopg.Connection, view: View) -> str:
    try:
        with target.transaction():
            target.execute(ddl.view(view))
    except psycopg.ProgrammingError as error:
        return error.diag.message_primary or type(error).__name__
    return ""


def _apply(target: psycopg.Connection, statement: sql.Composed, where: str) -> None:
    try:
        target.execute(statement)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise Refusal(
            f"the target did not accept {' '.join(statement.as_string().split())[:160]}: {error.diag.message_primary}.",
            where=where,
            remedy="Correct the rows or the definition at the source, then start a new round.",
        ) from None
