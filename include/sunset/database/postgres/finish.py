"""What comes after the rows: materialized views in the order they need each other, sequences, statistics."""

from __future__ import annotations

import psycopg
from psycopg import sql

from sunset.database.postgres import lent_path
from sunset.database.postgres.tables import find_table
from sunset.errors import Refusal

# Views between two materialized views carry the dependency on.
_POPULATED = """
    WITH RECURSIVE direct AS (
      SELECT DISTINCT r.ev_class AS needs, d.refobjid AS needed
      FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      JOIN pg_class c ON c.oid = d.refobjid AND c.relkind IN ('v', 'm')
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    ), reach AS (
      SELECT needs, needed FROM direct
      UNION SELECT reach.needs, direct.needed FROM reach JOIN direct ON direct.needs = reach.needed
    )
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname !~ '^pg_'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
    ORDER BY (SELECT count(*) FROM reach JOIN pg_class m ON m.oid = reach.needed AND m.relkind = 'm'
              WHERE reach.needs = c.oid), 1, 2
"""

_WITH_STATISTICS = """
    SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
    FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') ORDER BY 1
"""


def populated_views(source: psycopg.Connection, schemas: tuple[str, ...]) -> list[tuple[str, str]]:
    """Materialized views that hold rows on the source, each after those that it reads."""
    return source.execute(_POPULATED, {"schemas": list(schemas)}).fetchall()


def refresh_views(target: psycopg.Connection, views: list[tuple[str, str]]) -> None:
    """Fill materialized views on the target.

    Raises:
        Refusal: one cannot be filled; names it.
    """
    for namespace, name in views:
        try:
            lent_path.refresh(target, namespace, name)
        except psycopg.errors.OperationalError:
            raise
        except psycopg.Error as error:
            raise Refusal(
                f"the materialized view cannot be filled: {error.diag.message_primary}",
                where=f"{namespace}.{name}",
                remedy="Qualify the names in its functions with their schema, on the source, and start a new round.",
            ) from error


def with_statistics(target: psycopg.Connection) -> tuple[str, ...]:
    """Quoted names of the tables with statistics objects, which are empty until the next ANALYZE."""
    return tuple(name for (name,) in target.execute(_WITH_STATISTICS).fetchall())


def analyze(target: psycopg.Connection, tables: tuple[str, ...]) -> None:
    """Statistics for the planner, so that the first query after the cutover is not the slow one."""
    for table in tables:
        target.execute(sql.SQL("ANALYZE {}").format(find_table(target, table).identifier))
