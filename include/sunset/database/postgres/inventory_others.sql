-- Text search, extensions, and what belongs to no schema: (classid, objid, kind, identity, definition).
SELECT 'pg_ts_config'::regclass::oid, c.oid, 'text search configuration', i.identity,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(cfgowner)), p.identity,
         (SELECT string_agg(format('%%s %%s %%s', maptokentype, mapseqno, mapdict::regdictionary), E'\n' ORDER BY maptokentype, mapseqno)
            FROM pg_ts_config_map WHERE mapcfg = c.oid))
FROM pg_ts_config c JOIN ns ON ns.oid = cfgnamespace, pg_identify_object('pg_ts_config'::regclass, c.oid, 0) AS i,
     pg_identify_object('pg_ts_parser'::regclass, cfgparser, 0) AS p
UNION ALL
SELECT 'pg_ts_dict'::regclass, d.oid, 'text search dictionary', d.oid::regdictionary::text,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(dictowner)), t.identity, dictinitoption)
FROM pg_ts_dict d JOIN ns ON ns.oid = dictnamespace, pg_identify_object('pg_ts_template'::regclass, dicttemplate, 0) AS t
UNION ALL
SELECT 'pg_ts_parser'::regclass, p.oid, 'text search parser', i.identity, concat_ws(' ', prsstart, prstoken, prsend, prsheadline, prslextype)
FROM pg_ts_parser p JOIN ns ON ns.oid = prsnamespace, pg_identify_object('pg_ts_parser'::regclass, p.oid, 0) AS i
UNION ALL
SELECT 'pg_ts_template'::regclass, t.oid, 'text search template', i.identity, concat_ws(' ', tmplinit, tmpllexize)
FROM pg_ts_template t JOIN ns ON ns.oid = tmplnamespace, pg_identify_object('pg_ts_template'::regclass, t.oid, 0) AS i
UNION ALL  -- not the version: the preflight names the one that the target has
SELECT 'pg_extension'::regclass, e.oid, 'extension', quote_ident(extname), 'schema ' || quote_ident(n.nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace
UNION ALL
SELECT 'pg_event_trigger'::regclass, oid, 'event trigger', quote_ident(evtname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(evtowner)), evtevent, evtfoid::regprocedure, 'enabled ' || evtenabled::text,
         (SELECT string_agg(tag, ', ' ORDER BY tag) FROM unnest(evttags) AS tag))
FROM pg_event_trigger
UNION ALL
SELECT 'pg_publication'::regclass, p.oid, 'publication', quote_ident(pubname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(pubowner)), CASE WHEN puballtables THEN 'all tables' END,
         format('insert %%s update %%s delete %%s truncate %%s via root %%s generated %%s', pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
                coalesce(to_jsonb(p) ->> 'pubgencols', 'n')),
         (SELECT string_agg(concat_ws(' ', prrelid::regclass,
             (SELECT '(' || string_agg(quote_ident(attname), ', ' ORDER BY attnum) || ')' FROM pg_attribute WHERE attrelid = prrelid AND attnum = ANY (prattrs)),
             pg_get_expr(prqual, prrelid)), E'\n' ORDER BY prrelid::regclass::text) FROM pg_publication_rel WHERE prpubid = p.oid),
         (SELECT 'schemas ' || string_agg(pnnspid::regnamespace::text, ', ' ORDER BY pnnspid::regnamespace::text) FROM pg_publication_namespace WHERE pnpubid = p.oid))
FROM pg_publication p
UNION ALL
SELECT 'pg_foreign_data_wrapper'::regclass, oid, 'foreign-data wrapper', quote_ident(fdwname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(fdwowner)), nullif(fdwhandler, 0)::regproc, nullif(fdwvalidator, 0)::regproc, array_to_string(fdwoptions, ', '))
FROM pg_foreign_data_wrapper
UNION ALL
SELECT 'pg_foreign_server'::regclass, s.oid, 'foreign server', quote_ident(srvname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(srvowner)), quote_ident(fdwname), srvtype, srvversion, array_to_string(srvoptions, ', '))
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw
UNION ALL
SELECT 'pg_language'::regclass, oid, 'language', quote_ident(lanname),
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(lanowner)), CASE WHEN lanpltrusted THEN 'trusted' END,
         nullif(lanplcallfoid, 0)::regproc, nullif(laninline, 0)::regproc, nullif(lanvalidator, 0)::regproc)
FROM pg_language WHERE oid >= 16384
UNION ALL
SELECT 'pg_am'::regclass, oid, 'access method', quote_ident(amname), concat_ws(' ', amtype::text, amhandler) FROM pg_am WHERE oid >= 16384
