-- Every object of the schemas asked for, as (kind, identity, definition): comparable text on two servers.
-- Parameters: schemas text[] (empty: all), excluded text[] (quoted tables that are not carried).
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
  WHERE t.typtype IN ('e', 'd', 'r', 'b', 'c') AND t.typelem = 0
    AND (t.typrelid = 0 OR EXISTS (SELECT FROM rel WHERE rel.oid = t.typrelid AND rel.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
), acl AS (
  SELECT 'schema ' || quote_ident(nspname) AS object, coalesce(nspacl, acldefault('n', nspowner)) AS acl FROM ns
  UNION ALL SELECT 'relation ' || quoted, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))
            FROM rel WHERE relkind <> 'c'
  UNION ALL SELECT 'column ' || quoted || '.' || quote_ident(attname), attacl
            FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid WHERE attacl IS NOT NULL AND NOT attisdropped
  UNION ALL SELECT 'routine ' || oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM proc
  UNION ALL SELECT 'type ' || quoted, coalesce(typacl, acldefault('T', typowner)) FROM typ
)
SELECT 'schema' AS kind, quote_ident(nspname) AS identity, 'owner ' || quote_ident(pg_get_userbyid(nspowner)) AS definition FROM ns
UNION ALL
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
                    WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'composite type' ELSE 'sequence' END,
       quoted,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(relowner)),
         CASE relpersistence WHEN 'u' THEN 'unlogged' END,
         CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(rel.oid) END,
         CASE WHEN relkind = 'm' AND NOT relispopulated THEN 'not populated' END,
         CASE WHEN relkind = 'p' THEN 'partition by ' || pg_get_partkeydef(rel.oid) END,
         CASE WHEN relispartition THEN pg_get_expr(relpartbound, rel.oid) END,
         (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = rel.oid),
         CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'row security forced' END,
         CASE WHEN relkind IN ('r', 'p') AND relreplident <> 'd' THEN 'replica identity ' || relreplident::text END,
         (SELECT 'of ' || format_type(reloftype, NULL) WHERE reloftype <> 0),
         (SELECT 'with ' || string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(reloptions) AS o),
         (SELECT format('%%s start %%s increment %%s min %%s max %%s cache %%s cycle %%s', format_type(seqtypid, NULL), seqstart,
                        seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence WHERE seqrelid = rel.oid),
         (SELECT format('owned by %%s.%%I %%s', d.refobjid::regclass, a.attname, d.deptype) FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype IN ('a', 'i')))
FROM rel
UNION ALL
SELECT 'column', quoted || '.' || quote_ident(attname),
       concat_ws(E'\n', 'position ' || row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
         CASE WHEN attnotnull THEN 'not null' END,
         (SELECT CASE attgenerated WHEN '' THEN 'default ' ELSE 'generated ' || attgenerated::text || ' ' END || pg_get_expr(adbin, adrelid)
            FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum),
         CASE WHEN attidentity <> '' THEN 'identity ' || attidentity::text END,
         (SELECT 'collate ' || quote_ident(cn.nspname) || '.' || quote_ident(collname) FROM pg_collation c
            JOIN pg_namespace cn ON cn.oid = c.collnamespace JOIN pg_type t ON t.oid = atttypid
            WHERE c.oid = attcollation AND attcollation <> t.typcollation),
         (SELECT 'storage ' || attstorage::text FROM pg_type t WHERE t.oid = atttypid AND t.typstorage <> attstorage),
         CASE WHEN attcompression <> '' THEN 'compression ' || attcompression::text END,
         CASE WHEN coalesce(attstattarget, -1) >= 0 THEN 'statistics ' || attstattarget END)
FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND attnum > 0 AND NOT attisdropped AND relkind <> 'S'
UNION ALL
SELECT 'constraint', coalesce(rel.quoted, typ.quoted) || ': ' || quote_ident(conname),
       concat_ws(E'\n', pg_get_constraintdef(con.oid), CASE WHEN NOT convalidated THEN 'not validated' END)
FROM pg_constraint con LEFT JOIN rel ON rel.oid = conrelid AND conrelid <> 0 LEFT JOIN typ ON typ.oid = contypid AND contypid <> 0
WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND (rel.oid IS NOT NULL OR typ.oid IS NOT NULL)
UNION ALL
SELECT 'index', rel.quoted || ': ' || quote_ident(i.relname),
       concat_ws(E'\n', pg_get_indexdef(x.indexrelid), CASE WHEN NOT indisvalid THEN 'invalid' END,
         CASE WHEN indisclustered THEN 'clustered' END, CASE WHEN indisreplident THEN 'replica identity' END)
FROM pg_index x JOIN rel ON rel.oid = indrelid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT 'trigger', rel.quoted || ': ' || quote_ident(tgname), pg_get_triggerdef(t.oid) || E'\nenabled ' || tgenabled::text::text
FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT 'rule', rel.quoted || ': ' || quote_ident(rulename), pg_get_ruledef(r.oid) || E'\nenabled ' || ev_enabled::text::text
FROM pg_rewrite r JOIN rel ON rel.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'policy', rel.quoted || ': ' || quote_ident(polname),
       concat_ws(E'\n', polcmd, polpermissive::text, (SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(o)) END, ', ' ORDER BY o) FROM unnest(polroles) o),
         'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid))
FROM pg_policy JOIN rel ON rel.oid = polrelid
UNION ALL
SELECT 'statistics', quote_ident(ns.nspname) || '.' || quote_ident(stxname), pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN ns ON ns.oid = stxnamespace JOIN rel ON rel.oid = stxrelid
UNION ALL
SELECT CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, proc.oid::regprocedure::text,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(proowner)), CASE WHEN prokind <> 'a' THEN pg_get_functiondef(proc.oid) END,
         (SELECT concat_ws(' ', aggtransfn, aggfinalfn, aggcombinefn, format_type(aggtranstype, NULL), agginitval, aggkind, aggsortop::regoper)
            FROM pg_aggregate WHERE aggfnoid = proc.oid))
FROM proc
UNION ALL
SELECT CASE typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'c' THEN 'composite' ELSE 'base type' END, typ.quoted,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(typowner)),
         (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = typ.oid),
         CASE WHEN typtype = 'd' THEN concat_ws(' ', format_type(typbasetype, typtypmod), CASE WHEN typnotnull THEN 'not null' END, 'default ' || typdefault) END,
         (SELECT format_type(rngsubtype, NULL) || ' ' || rngcollation::regcollation::text FROM pg_range WHERE rngtypid = typ.oid))
FROM typ
UNION ALL
SELECT 'grant', object || ' to ' || CASE WHEN a.grantee = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END || ': ' || a.privilege_type,
       CASE WHEN bool_or(a.is_grantable) THEN 'with grant option' ELSE '' END
FROM acl, aclexplode(acl.acl) AS a GROUP BY object, a.grantee, a.privilege_type
UNION ALL
SELECT 'default privilege', format('%%s in %%s on %%s to %%s: %%s', quote_ident(pg_get_userbyid(defaclrole)), coalesce(quote_ident(ns.nspname), 'all schemas'),
         defaclobjtype, CASE WHEN a.grantee = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.privilege_type),
       CASE WHEN a.is_grantable THEN 'with grant option' ELSE '' END
FROM pg_default_acl d LEFT JOIN ns ON ns.oid = defaclnamespace, aclexplode(defaclacl) AS a
WHERE ns.oid IS NOT NULL OR (defaclnamespace = 0 AND cardinality(%(schemas)s::text[]) = 0)
UNION ALL
SELECT 'comment', o.type || ' ' || o.identity, d.description
FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS o
WHERE CASE d.classoid
        WHEN 'pg_class'::regclass THEN EXISTS (SELECT FROM rel WHERE rel.oid = d.objoid) OR EXISTS (SELECT FROM pg_index x JOIN rel ON rel.oid = indrelid WHERE indexrelid = d.objoid)
        WHEN 'pg_proc'::regclass THEN EXISTS (SELECT FROM proc WHERE proc.oid = d.objoid)
        WHEN 'pg_type'::regclass THEN EXISTS (SELECT FROM typ WHERE typ.oid = d.objoid)
        WHEN 'pg_namespace'::regclass THEN EXISTS (SELECT FROM ns WHERE ns.oid = d.objoid)
        WHEN 'pg_constraint'::regclass THEN EXISTS (SELECT FROM pg_constraint c WHERE c.oid = d.objoid
          AND (c.conrelid IN (SELECT oid FROM rel) OR c.contypid IN (SELECT oid FROM typ)))
        WHEN 'pg_trigger'::regclass THEN EXISTS (SELECT FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE t.oid = d.objoid)
        WHEN 'pg_policy'::regclass THEN EXISTS (SELECT FROM pg_policy p JOIN rel ON rel.oid = polrelid WHERE p.oid = d.objoid)
        WHEN 'pg_rewrite'::regclass THEN EXISTS (SELECT FROM pg_rewrite r JOIN rel ON rel.oid = ev_class WHERE r.oid = d.objoid)
        WHEN 'pg_statistic_ext'::regclass THEN EXISTS (SELECT FROM pg_statistic_ext s JOIN rel ON rel.oid = stxrelid WHERE s.oid = d.objoid)
        ELSE false END
UNION ALL  -- kinds that are few and whose presence under the same name is what counts
SELECT o.type, o.identity, ''
FROM (SELECT 'pg_operator'::regclass AS classid, oid FROM pg_operator WHERE oprnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass WHERE opcnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily WHERE opfnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation WHERE collnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion WHERE connamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config WHERE cfgnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict WHERE dictnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser WHERE prsnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template WHERE tmplnamespace IN (SELECT oid FROM ns)
      UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension
      UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger WHERE cardinality(%(schemas)s::text[]) = 0
      UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication WHERE cardinality(%(schemas)s::text[]) = 0
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
      UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast WHERE oid >= 16384) AS k,
     pg_identify_object(k.classid, k.oid, 0) AS o
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = k.classid AND m.objid = k.oid)
