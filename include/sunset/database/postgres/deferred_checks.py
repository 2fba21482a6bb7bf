"""Check constraints that call the product's own functions: off while rows come in, back and validated after them.

Such a function may read other tables, or name objects without their schema: while the tables fill, it would
answer otherwise than on the source, and reject rows that the source holds (dimitri/pgcopydb#484 and its like).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres import own_path
from sunset.errors import Refusal

# A constraint that a child inherits goes and comes with its parent's.
_FIND = """
    SELECT n.nspname, c.relname, con.conname, pg_get_constraintdef(con.oid), obj_description(con.oid, 'pg_constraint')
    FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE con.contype = 'c' AND con.coninhcount = 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND EXISTS (SELECT FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid
                  WHERE d.classid = 'pg_constraint'::regclass AND d.objid = con.oid
                    AND d.refclassid = 'pg_proc'::regclass AND p.pronamespace <> 'pg_catalog'::regnamespace)
    ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class DeferredCheck:
    """One constraint that was taken off a table; `definition` is the database's own text of it."""

    namespace: str
    table: str
    name: str
    definition: str
    comment: str | None


def take_off(connection: psycopg.Connection) -> tuple[DeferredCheck, ...]:
    """Drop such constraints from the still empty tables of a database."""
    checks = tuple(DeferredCheck(*row) for row in connection.execute(_FIND).fetchall())
    for check in checks:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(check.namespace, check.table), sql.Identifier(check.name)
            )
        )
    return checks


def put_back(connection: psycopg.Connection, checks: Iterable[DeferredCheck]) -> None:
    """Add the constraints again; PostgreSQL looks at every row unless the source's was not validated either.

    Raises:
        Refusal: a row does not meet it, or its function cannot run; names the constraint.
    """
    for check in checks:
        try:
            own_path.execute(connection, _adding(check), check.namespace)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            raise Refusal(
                f"the check {check.name!r} cannot be put back: {error.diag.message_primary}",
                where=f"{check.namespace}.{check.table}",
                remedy="Qualify the names in its function with their schema, on the source, and start a new round.",
            ) from None


def _adding(check: DeferredCheck) -> sql.Composed:
    table, name = sql.Identifier(check.namespace, check.table), sql.Identifier(check.name)
    # The definition is pg_get_constraintdef's text of a constraint that this very server had before.
    adding = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(table, name, sql.SQL(check.definition))
    if check.comment is None:
        return adding
    comment = sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(name, table, sql.Literal(check.comment))
    return sql.SQL("{}; {}").format(adding, comment)
