-- The objects behind addresses: kind, address, oid, what DROP calls it, and its name for DROP, quoted by the server.
-- Parameters: kinds text[], addresses text[], side by side.
SELECT a.kind, a.address, o.oid::bigint::text, o.word, o.identity
FROM unnest(%(kinds)s::text[], %(addresses)s::text[]) AS a(kind, address), LATERAL (
  SELECT c.oid, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                               WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS word,
         format('%%I.%%I', n.nspname, c.relname) AS identity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = CASE WHEN a.kind IN ('table', 'partition', 'partitioned table', 'view', 'materialized view', 'sequence',
                                     'foreign table') THEN to_regclass(a.address)::oid END
  UNION ALL
  SELECT p.oid, 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p
  WHERE p.oid = CASE WHEN a.kind = 'routine' THEN to_regprocedure(a.address)::oid END
  UNION ALL
  SELECT t.oid, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.oid::regtype::text FROM pg_type t
  WHERE t.oid = CASE WHEN a.kind = 'type' THEN to_regtype(a.address)::oid END
  UNION ALL
  SELECT oid, 'EXTENSION', quote_ident(extname) FROM pg_extension
  WHERE a.kind = 'extension' AND quote_ident(extname) = a.address
  UNION ALL
  SELECT oid, 'EVENT TRIGGER', quote_ident(evtname) FROM pg_event_trigger
  WHERE a.kind = 'event trigger' AND quote_ident(evtname) = a.address
  UNION ALL
  SELECT oid, 'PUBLICATION', quote_ident(pubname) FROM pg_publication
  WHERE a.kind = 'publication' AND quote_ident(pubname) = a.address
  UNION ALL
  SELECT oid, 'SCHEMA', quote_ident(nspname) FROM pg_namespace
  WHERE a.kind = 'schema' AND quote_ident(nspname) = a.address
) AS o
