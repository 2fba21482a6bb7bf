-- What the parts of the inventory begin with: schemas, relations, routines and types in scope, with Sunset's own left
-- out, and how text is made comparable. Parameters: schemas text[] (empty: all), excluded text[] (quoted tables).
WITH ns AS (
  SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sunset_checkpoint')
    AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))
), member AS (  -- what belongs to an extension comes and goes with it
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), gone AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE format('%%I.%%I', n.nspname, c.relname) = ANY (%(excluded)s::text[])
), gone_too AS (  -- sequences and row types of tables that are not carried
  SELECT oid FROM gone
  UNION SELECT d.objid FROM pg_depend d JOIN gone ON gone.oid = d.refobjid
        JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
), rel AS (
  SELECT c.*, format('%%I.%%I', n.nspname, c.relname) AS quoted FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND c.relpersistence <> 't'
    AND c.oid NOT IN (SELECT oid FROM gone_too)
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
), proc AS (
  SELECT p.* FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
), typ AS (
  SELECT t.*, format('%%I.%%I', ns.nspname, t.typname) AS quoted FROM pg_type t JOIN ns ON ns.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd', 'r', 'b', 'c', 'p')
    AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    AND (t.typrelid = 0 OR EXISTS (SELECT FROM rel WHERE rel.oid = t.typrelid AND rel.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
), reads AS (  -- what the text of a rule, policy or SQL body names, whoever wrote it out
  SELECT d.classid, d.objid, string_agg(DISTINCT name, ', ' ORDER BY name) AS reads
  FROM pg_depend d LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
       AND d.refclassid = 'pg_class'::regclass,
       concat_ws('.', CASE WHEN d.refclassid = 'pg_class'::regclass THEN d.refobjid::regclass::text ELSE d.refobjid::regprocedure::text END,
                 quote_ident(a.attname)) AS name
  WHERE d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass) AND d.deptype = 'n'
    AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_class = d.refobjid)
    AND d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_policy'::regclass)
  GROUP BY d.classid, d.objid
)
