"""Looks up what a side has: a table that may be missing, the columns that name a row of it."""

from __future__ import annotations

import psycopg

from sunset.database.postgres.tables import Table, find_table
from sunset.errors import Refusal

# The primary key, else the narrowest unique index over plain columns that are never NULL.
_KEY = """
    SELECT array_agg(a.attname ORDER BY part.place)
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS part(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = part.attnum
    WHERE i.indrelid = to_regclass(%s) AND i.indisunique AND i.indisvalid
      AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indisexclusion AND part.place <= i.indnkeyatts
    GROUP BY i.indexrelid, i.indisprimary
    HAVING bool_and(a.attnotnull)
    ORDER BY i.indisprimary DESC, count(*), i.indexrelid
    LIMIT 1
"""


def find_key(connection: psycopg.Connection, table: str) -> tuple[str, ...]:
    """Columns of a key of `table` (quoted, qualified name); empty where it has none."""
    row = connection.execute(_KEY, [table]).fetchone()
    return tuple(row[0]) if row else ()


def find_table_or_none(connection: psycopg.Connection, table: str) -> Table | None:
    """The table of this quoted, qualified name, or None where this database does not have it."""
    try:
        return find_table(connection, table)
    except Refusal:
        return None
