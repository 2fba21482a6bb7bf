-- Schemas, relations and what hangs on them: (classid, objid, kind, identity, definition).
SELECT 'pg_namespace'::regclass::oid, oid, 'schema', quote_ident(nspname), 'owner ' || quote_ident(pg_get_userbyid(nspowner)) FROM ns
UNION ALL
SELECT 'pg_class'::regclass, rel.oid,
       CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
                    WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'composite type' ELSE 'sequence' END,
       quoted,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(relowner)),
         CASE relpersistence WHEN 'u' THEN 'unlogged' END,
         CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(rel.oid) END,
         CASE WHEN relkind IN ('v', 'm') THEN (SELECT 'reads ' || string_agg(reads, ', ') FROM pg_rewrite r
           JOIN reads ON reads.classid = 'pg_rewrite'::regclass AND reads.objid = r.oid WHERE r.ev_class = rel.oid AND rulename = '_RETURN') END,
         CASE WHEN relkind = 'm' AND NOT relispopulated THEN 'not populated' END,
         CASE WHEN relkind = 'p' THEN 'partition by ' || pg_get_partkeydef(rel.oid) END,
         CASE WHEN relispartition THEN pg_get_expr(relpartbound, rel.oid) END,
         (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = rel.oid),
         CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'row security forced' END,
         CASE WHEN relkind IN ('r', 'p') AND relreplident <> 'd' THEN 'replica identity ' || relreplident::text END,
         (SELECT 'using ' || quote_ident(amname) FROM pg_am WHERE pg_am.oid = relam AND amname <> 'heap'),
         (SELECT 'of ' || format_type(reloftype, NULL) WHERE reloftype <> 0),
         (SELECT 'with ' || string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(reloptions) AS o),
         (SELECT 'toast with ' || string_agg(o, ', ' ORDER BY o COLLATE "C") FROM pg_class t, unnest(t.reloptions) AS o WHERE t.oid = rel.reltoastrelid),
         (SELECT concat_ws(' ', 'server', quote_ident(srvname), array_to_string(ftoptions, ', ')) FROM pg_foreign_table
            JOIN pg_foreign_server s ON s.oid = ftserver WHERE ftrelid = rel.oid),
         (SELECT format('%%s start %%s increment %%s min %%s max %%s cache %%s cycle %%s', format_type(seqtypid, NULL), seqstart,
                        seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence WHERE seqrelid = rel.oid),
         (SELECT format('owned by %%s.%%I %%s', d.refobjid::regclass, a.attname, d.deptype) FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype IN ('a', 'i')))
FROM rel
UNION ALL
SELECT 0, 0, 'column', quoted || '.' || quote_ident(attname),
       concat_ws(E'\n', 'position ' || row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
         CASE WHEN attnotnull THEN 'not null' END,
         -- From version 18 on NOT NULL is a constraint with a state; before, and in its plain form, it is not.
         (SELECT concat_ws(' ', CASE WHEN NOT n.convalidated THEN 'not validated' END, CASE WHEN n.connoinherit THEN 'no inherit' END)
            FROM pg_constraint n WHERE n.contype = 'n' AND n.conrelid = attrelid AND n.conkey = ARRAY[attnum] AND (n.connoinherit OR NOT n.convalidated)),
         (SELECT CASE attgenerated WHEN '' THEN 'default ' ELSE 'generated ' || attgenerated::text || ' ' END || pg_get_expr(adbin, adrelid)
            FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum),
         CASE WHEN attidentity <> '' THEN 'identity ' || attidentity::text END,
         (SELECT 'collate ' || quote_ident(cn.nspname) || '.' || quote_ident(collname) FROM pg_collation c
            JOIN pg_namespace cn ON cn.oid = c.collnamespace JOIN pg_type t ON t.oid = atttypid
            WHERE c.oid = attcollation AND attcollation <> t.typcollation),
         (SELECT 'storage ' || attstorage::text FROM pg_type t WHERE t.oid = atttypid AND t.typstorage <> attstorage),
         CASE WHEN attcompression <> '' THEN 'compression ' || attcompression::text END,
         CASE WHEN coalesce(attstattarget, -1) >= 0 THEN 'statistics ' || attstattarget END,
         (SELECT 'with ' || string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(attoptions) AS o WHERE o ~ '^n_distinct'),
         'options ' || array_to_string(attfdwoptions, ', '))
FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND attnum > 0 AND NOT attisdropped AND relkind <> 'S'
UNION ALL  -- a NOT NULL constraint counts where somebody gave it a name of its own
SELECT 'pg_constraint'::regclass, con.oid, 'constraint', coalesce(rel.quoted, typ.quoted) || ': ' || quote_ident(conname),
       concat_ws(E'\n', pg_get_constraintdef(con.oid), CASE WHEN NOT convalidated THEN 'not validated' END)
FROM pg_constraint con LEFT JOIN rel ON rel.oid = conrelid AND conrelid <> 0 LEFT JOIN typ ON typ.oid = contypid AND contypid <> 0
WHERE (contype IN ('c', 'p', 'u', 'x') OR contype = 'f' AND conparentid = 0 OR contype = 'n' AND conname !~ '_not_null\d*$')
  AND (rel.oid IS NOT NULL OR typ.oid IS NOT NULL)
UNION ALL  -- an invalid index is not carried
SELECT 'pg_class'::regclass, i.oid, 'index', rel.quoted || ': ' || quote_ident(i.relname),
       concat_ws(E'\n', pg_get_indexdef(x.indexrelid), CASE WHEN NOT indisvalid THEN 'invalid' END,
         CASE WHEN indisclustered THEN 'clustered' END, CASE WHEN indisreplident THEN 'replica identity' END,
         (SELECT 'statistics ' || string_agg(attnum || '=' || attstattarget, ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = i.oid AND coalesce(attstattarget, -1) >= 0))
FROM pg_index x JOIN rel ON rel.oid = indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE indisvalid OR i.relkind = 'I'
UNION ALL
SELECT 'pg_trigger'::regclass, t.oid, 'trigger', rel.quoted || ': ' || quote_ident(tgname), pg_get_triggerdef(t.oid) || E'\nenabled ' || tgenabled::text::text
FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT 'pg_rewrite'::regclass, r.oid, 'rule', rel.quoted || ': ' || quote_ident(rulename),
       concat_ws(E'\n', pg_get_ruledef(r.oid), 'reads ' || reads.reads, 'enabled ' || ev_enabled::text::text)
FROM pg_rewrite r JOIN rel ON rel.oid = ev_class
LEFT JOIN reads ON reads.classid = 'pg_rewrite'::regclass AND reads.objid = r.oid WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'pg_policy'::regclass, p.oid, 'policy', rel.quoted || ': ' || quote_ident(polname),
       concat_ws(E'\n', polcmd, polpermissive::text,
         (SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(o)) END, ', '
            ORDER BY CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o) END) FROM unnest(polroles) o),
         'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid), 'reads ' || reads.reads)
FROM pg_policy p JOIN rel ON rel.oid = polrelid LEFT JOIN reads ON reads.classid = 'pg_policy'::regclass AND reads.objid = p.oid
UNION ALL
SELECT 'pg_statistic_ext'::regclass, s.oid, 'statistics', quote_ident(ns.nspname) || '.' || quote_ident(stxname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(stxowner)), pg_get_statisticsobjdef(s.oid),
         'target ' || nullif(to_jsonb(s) ->> 'stxstattarget', '-1'))
FROM pg_statistic_ext s JOIN ns ON ns.oid = stxnamespace JOIN rel ON rel.oid = stxrelid
