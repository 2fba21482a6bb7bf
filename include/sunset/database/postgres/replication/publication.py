"""The publication: what the source sends, which is every row of the tables that are migrated, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.database.postgres.tables import find_table
from sunset.errors import Refusal

# As PostgreSQL chooses what it tells an updated or deleted row by; `n` is nothing at all.
_WITHOUT_IDENTITY = """
    SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE format('%%I.%%I', n.nspname, c.relname) = ANY (%s::text[]) AND c.relreplident <> 'f'
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                      AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END)
    ORDER BY 1
"""


def without_identity(source: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    """Those of these tables whose rows nothing identifies; published, the source would refuse to change them."""
    return [row[0] for row in source.execute(_WITHOUT_IDENTITY, [list(tables)]).fetchall()]


def create(source: psycopg.Connection, name: str, tables: Sequence[str]) -> None:
    """Publish these tables, each partition under its own name, as the target has it.

    Raises:
        Refusal: a table has no replica identity: published, the product could no longer update it.
    """
    if nameless := without_identity(source, tables):
        raise Refusal(
            f"nothing identifies the rows of {', '.join(nameless[:5])}: published, they could not be changed any more.",
            where=f"{source.info.host}:{source.info.port}/{source.info.dbname}",
            remedy="Give them a primary key or another REPLICA IDENTITY, and start a new run.",
        )
    publication = sql.SQL("CREATE PUBLICATION {}").format(sql.Identifier(name))
    if tables:
        listed = [sql.SQL("ONLY {}").format(find_table(source, table).identifier) for table in tables]
        publication += sql.SQL(" FOR TABLE {}").format(sql.SQL(", ").join(listed))
    source.execute(publication + sql.SQL(" WITH (publish = 'insert, update, delete, truncate')"))


def drop(source: psycopg.Connection, name: str) -> None:
    """Drop it, if it is there."""
    source.execute(sql.SQL("DROP PUBLICATION IF EXISTS {}").format(sql.Identifier(name)))
