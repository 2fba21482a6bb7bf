"""Discovery: everything that a database holds, with kind, size and comment."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from sunset.engine import Asset

_ASSETS = """
    WITH ns AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sunset_checkpoint')
        AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))
    )
    SELECT CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                          WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                          ELSE CASE WHEN c.relispartition THEN 'partition' ELSE 'table' END END,
           nspname, relname,
           CASE WHEN c.relkind IN ('r', 'm') THEN greatest(c.reltuples, 0)::bigint END,
           CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) END,
           obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'routine', nspname, p.oid::regprocedure::text, NULL, NULL, obj_description(p.oid, 'pg_proc')
    FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'type', nspname, t.typname, NULL, NULL, obj_description(t.oid, 'pg_type')
    FROM pg_type t JOIN ns ON ns.oid = t.typnamespace
    WHERE (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'extension', '', extname, NULL, NULL, NULL FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT 'large object', '', oid::text, NULL, NULL, obj_description(oid, 'pg_largeobject') FROM pg_largeobject_metadata
    UNION ALL
    SELECT 'event trigger', '', evtname, NULL, NULL, NULL FROM pg_event_trigger
    UNION ALL
    SELECT 'publication', '', pubname, NULL, NULL, NULL FROM pg_publication
    UNION ALL
    SELECT 'subscription', '', subname, NULL, NULL, NULL FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def discover(connection: psycopg.Connection, source: str, schemas: Sequence[str]) -> tuple[Asset, ...]:
    """Every asset in these schemas (none given: all), and what belongs to the database as a whole."""
    rows = connection.execute(_ASSETS, {"schemas": list(schemas)}).fetchall()
    return tuple(Asset(source, *row) for row in sorted(rows, key=lambda row: row[:3]))
