"""Tables as the catalogue spells them, read anew by every task.

A table's name travels between tasks as quoted text; what SQL is made of is always looked up in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.errors import Refusal, Unavailable

_COLUMNS = """
    SELECT n.nspname, c.relname,
           coalesce(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attnum > 0), '{}'),
           coalesce(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attnum > 0 AND a.attgenerated = ''), '{}')
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.oid = to_regclass(%s)
    GROUP BY n.nspname, c.relname
"""

# The function looks at the catalogue as it is, the row of pg_class is the snapshot's.
_SAME_FILE = "SELECT relfilenode = pg_relation_filenode(oid) FROM pg_class WHERE oid = to_regclass(%s)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds rows itself: ordinary, or a leaf partition.

    Attributes:
        namespace: schema.
        name: relation name.
        columns: every live column, in catalogue order.
        stored: the columns that are sent as data: all but the generated ones.
        quoted: qualified name in the database's own quoting, the table's name everywhere outside of SQL.
    """

    namespace: str
    name: str
    columns: tuple[str, ...]
    stored: tuple[str, ...]
    quoted: str

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.namespace, self.name)


def find_table(connection: psycopg.Connection, quoted: str) -> Table:
    """Look a table up by its quoted, qualified name.

    Raises:
        Refusal: it does not exist (any more).
    """
    row = connection.execute(_COLUMNS, [quoted]).fetchone()
    if row is None:
        raise Refusal(
            "does not exist in this database (any more).",
            where=f"{quoted} on {connection.info.host}:{connection.info.port}/{connection.info.dbname}",
            remedy="Somebody changed the schema after discovery: run a new round.",
        )
    return Table(row[0], row[1], tuple(row[2]), tuple(row[3]), quoted)


def require_same_file(connection: psycopg.Connection, quoted: str) -> None:
    """See that a table's rows on the session's snapshot are still there.

    TRUNCATE, and ALTER TABLE where it writes the rows anew, leave none for older snapshots, which then see an empty
    table. The file that the snapshot knows is no longer the table's own.

    Args:
        connection: in a transaction that has read the table, so that its lock keeps the answer true.
        quoted: the table's name.

    Raises:
        Unavailable: they are gone; on a new snapshot the table can be read.
    """
    if connection.execute(_SAME_FILE, [quoted]).fetchone() != (True,):
        raise Unavailable(
            "was emptied or rewritten by somebody after the snapshot was taken, which no longer has its rows.",
            where=quoted,
            remedy="The task is tried again, on a new snapshot.",
        )


def quoted_tables(connection: psycopg.Connection, schemas: Sequence[str], excluded: Sequence[str]) -> tuple[str, ...]:
    """Quoted names of all tables that hold rows themselves in these schemas (none given: all), sorted bytewise."""
    rows = connection.execute(
        """
        SELECT format('%%I.%%I', n.nspname, c.relname) AS quoted
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't'
          AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sunset_checkpoint')
          AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        """,
        {"schemas": list(schemas)},
    ).fetchall()
    left_out = set(excluded)
    return tuple(sorted(row[0] for row in rows if row[0] not in left_out))


def largest_first(connection: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    """These tables, by their size in this database."""
    rows = connection.execute(
        "SELECT name FROM unnest(%s::text[]) AS name ORDER BY pg_table_size(to_regclass(name)) DESC NULLS LAST, name",
        [list(tables)],
    ).fetchall()
    return [row[0] for row in rows]
