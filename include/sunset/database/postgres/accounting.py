"""The account: every object of the source is in the inventory or on the list of what is not carried.

It asks the system's own catalogs, each that numbers its rows, so that a kind of object that Sunset has never heard of
is found as well.
"""

from __future__ import annotations

from collections import defaultdict

import psycopg
from psycopg import sql

from sunset.database.postgres.inventory import placed_inventory
from sunset.database.postgres.not_carried import places_not_carried
from sunset.database.postgres.queries import query

Place = tuple[int, int]

# Large objects have a fact of their own; below 16384 is what a new database already has.
_CATALOGS = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid'
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared AND c.oid < 16384
      AND c.relname <> 'pg_largeobject_metadata' AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY 1
"""
_OWN = "SELECT {name}::regclass::oid, oid FROM {catalog} WHERE oid >= 16384"
_GIVEN = """
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
    UNION ALL SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relpersistence = 't'
"""
_NAMES = """
    SELECT o.type, o.identity FROM unnest(%s::oid[], %s::oid[]) AS d(classid, objid),
         pg_identify_object(d.classid, d.objid, 0) AS o
    WHERE coalesce(o.schema, CASE WHEN o.type = 'schema' THEN o.name END, '')
          !~ '^(pg_(toast_)?temp(_\\d+)?|pg_toast|information_schema|sunset_checkpoint)$'
    ORDER BY 1, 2
"""


def unaccounted(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Kind and name of each object of the whole database that has neither place."""
    parts = _parts(connection)
    known = {place for place, _ in placed_inventory(connection, (), ())}
    known |= {*places_not_carried(connection), *connection.execute(_GIVEN).fetchall()}
    waiting = list(known)
    while waiting:
        fresh = parts[waiting.pop()] - known
        known |= fresh
        waiting += fresh
    left = _everything(connection) - known
    return connection.execute(_NAMES, [[place[0] for place in left], [place[1] for place in left]]).fetchall()


def _everything(connection: psycopg.Connection) -> set[Place]:
    """The place of every object that somebody made in this database."""
    found: set[Place] = set()
    for (catalog,) in connection.execute(_CATALOGS).fetchall():
        name = f"pg_catalog.{catalog}"
        own = sql.SQL(_OWN).format(name=sql.Literal(name), catalog=sql.Identifier("pg_catalog", catalog))
        found |= set(connection.execute(own).fetchall())
    return found


def _parts(connection: psycopg.Connection) -> defaultdict[Place, set[Place]]:
    """The parts of each object that has some."""
    parts: defaultdict[Place, set[Place]] = defaultdict(set)
    for classid, objid, whole_class, whole in connection.execute(query("accounting_parts")).fetchall():
        parts[whole_class, whole].add((classid, objid))
    return parts
