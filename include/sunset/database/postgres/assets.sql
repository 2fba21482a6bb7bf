-- Every asset of the schemas asked for: kind, namespace, name, address, rows (estimated), bytes, comment.
-- Parameter: schemas text[] (empty: all).
WITH ns AS (
  SELECT oid, nspname FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sunset_checkpoint')
    AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))
), member AS (  -- what belongs to an extension comes and goes with it
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
)
SELECT CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                      WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                      ELSE CASE WHEN c.relispartition THEN 'partition' ELSE 'table' END END,
       nspname, relname, format('%%I.%%I', nspname, relname),
       CASE WHEN c.relkind IN ('r', 'm') THEN greatest(c.reltuples, 0)::bigint END,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) END,
       obj_description(c.oid, 'pg_class')
FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
UNION ALL
SELECT 'routine', nspname, p.proname, p.oid::regprocedure::text, NULL, NULL, obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
UNION ALL
SELECT 'type', nspname, t.typname, format('%%I.%%I', nspname, t.typname), NULL, NULL, obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN ns ON ns.oid = t.typnamespace
WHERE (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
UNION ALL
SELECT 'extension', '', extname, quote_ident(extname), NULL, NULL, NULL FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL
SELECT 'large objects', 'pg_catalog', 'pg_largeobject_metadata', 'pg_catalog.pg_largeobject_metadata', count(*),
       pg_total_relation_size('pg_largeobject'), NULL
FROM pg_largeobject_metadata HAVING count(*) > 0
UNION ALL
SELECT 'event trigger', '', evtname, quote_ident(evtname), NULL, NULL, obj_description(oid, 'pg_event_trigger') FROM pg_event_trigger
UNION ALL  -- without the one that a route of replication makes for itself
SELECT 'publication', '', pubname, quote_ident(pubname), NULL, NULL, obj_description(oid, 'pg_publication')
FROM pg_publication WHERE pubname !~ '^sunset_follow_'
