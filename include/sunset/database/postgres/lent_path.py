"""Fills materialized views whose functions name objects without their schema, on servers that allow that no more.

From version 17 on REFRESH looks names up in pg_catalog alone, whatever the session says; only a function with a
search path of its own still finds its objects. So the functions that such a view calls are lent one, for as long as
it is filled.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from sunset.database.postgres import own_path

# Of the view itself and of the views that it reads.
_FUNCTIONS = """
    WITH RECURSIVE view AS (
      SELECT to_regclass(%s)::oid AS oid
      UNION SELECT c.oid FROM view JOIN pg_rewrite r ON r.ev_class = view.oid
            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                 AND d.refclassid = 'pg_class'::regclass
            JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'v'
    )
    SELECT DISTINCT p.oid::regprocedure::text FROM view JOIN pg_rewrite r ON r.ev_class = view.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
    JOIN pg_proc p ON p.oid = d.refobjid
    WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND p.prokind = 'f'
      AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS s WHERE s ~ '^search_path=')
    ORDER BY 1
"""


SAFE_PATH = 170000
"""The first version of a server that refreshes under pg_catalog alone."""


def pathless_functions(connection: psycopg.Connection, namespace: str, name: str) -> list[str]:
    """The product's functions that a materialized view calls and that have no search path of their own."""
    view = sql.Identifier(namespace, name).as_string()
    return [row[0] for row in connection.execute(_FUNCTIONS, [view]).fetchall()]


def refresh(connection: psycopg.Connection, namespace: str, name: str) -> None:
    """Fill a materialized view inside the caller's transaction.

    Raises:
        psycopg.Error: it cannot be filled.
    """
    filling = sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(namespace, name))
    try:
        own_path.execute(connection, filling, namespace)
    except own_path.NOT_FOUND:
        # The names are the database's own text of functions that it holds.
        functions = [sql.SQL(each) for each in pathless_functions(connection, namespace, name)]
        if not functions:
            raise
        lending = [sql.SQL("ALTER FUNCTION {} SET search_path FROM CURRENT").format(each) for each in functions]
        taking = [sql.SQL("ALTER FUNCTION {} RESET search_path").format(each) for each in functions]
        own_path.execute(connection, sql.SQL("; ").join([*lending, filling, *taking]), namespace)
