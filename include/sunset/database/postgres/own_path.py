"""Statements that run the product's own functions, whose bodies may name objects without their schema.

Sunset's sessions look names up in pg_catalog alone. Where a function of the product has to run, it runs under
the search path that the source's sessions have by default, else under its own schema and public.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

NOT_FOUND = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedObject)
"""What PostgreSQL says of a name that the search path does not lead to."""

_PATHS = """
    SELECT reset_val, quote_ident(%s) || ', public' FROM pg_settings WHERE name = 'search_path'
"""


def execute(connection: psycopg.Connection, statement: sql.Composed, namespace: str) -> None:
    """Run a statement inside the caller's transaction, under the first search path that it succeeds with.

    Raises:
        psycopg.Error: it succeeds with none; the error is that of the last.
    """
    *earlier, last = connection.execute(_PATHS, [namespace]).fetchone()  # type: ignore[misc]
    for path in earlier:
        try:
            _execute(connection, statement, path)
        except NOT_FOUND:
            continue
        return
    _execute(connection, statement, last)


def _execute(connection: psycopg.Connection, statement: sql.Composed, path: str) -> None:
    with connection.transaction():  # a savepoint: a failed attempt leaves nothing, its search path included
        connection.execute("SELECT set_config('search_path', %s, true)", [path])
        connection.execute(statement)
        connection.execute("SELECT set_config('search_path', 'pg_catalog', true)")
