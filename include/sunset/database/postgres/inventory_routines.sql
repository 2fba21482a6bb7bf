-- Routines, types, operators and what is made of them: (classid, objid, kind, identity, definition).
SELECT 'pg_proc'::regclass::oid, proc.oid, CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       proc.oid::regprocedure::text,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(proowner)),
         CASE WHEN prokind <> 'a' THEN pg_get_functiondef(proc.oid) END, 'reads ' || reads.reads,
         -- Without the parameters' OIDs; the functions of an aggregate are written with their names.
         (SELECT (to_jsonb(a) - 'aggfnoid' - 'aggtranstype' - 'aggmtranstype' - 'aggsortop')::text || ' '
                 || concat_ws(' ', format_type(aggtranstype, NULL), format_type(nullif(aggmtranstype, 0), NULL), nullif(aggsortop, 0)::regoperator)
            FROM pg_aggregate a WHERE aggfnoid = proc.oid),
         CASE WHEN prokind = 'a' THEN concat_ws(' ', 'parallel', proparallel::text, pg_get_function_result(proc.oid)) END)
FROM proc LEFT JOIN reads ON reads.classid = 'pg_proc'::regclass AND reads.objid = proc.oid
UNION ALL
SELECT 'pg_type'::regclass, typ.oid,
       CASE typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'c' THEN 'composite' WHEN 'p' THEN 'shell type' ELSE 'base type' END,
       typ.quoted,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(typowner)),
         (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = typ.oid),
         CASE WHEN typtype = 'd' THEN concat_ws(' ', format_type(typbasetype, typtypmod), CASE WHEN typnotnull THEN 'not null' END, 'default ' || typdefault,
           CASE WHEN typcollation <> 0 THEN 'collate ' || typcollation::regcollation END) END,
         CASE WHEN typtype = 'b' THEN concat_ws(' ', typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, to_jsonb(typ) ->> 'typsubscript',
           typlen, typbyval, typalign, typstorage, typcategory, typispreferred, typdelim, format_type(nullif(typelem, 0), NULL), typdefault,
           CASE WHEN typcollation <> 0 THEN typcollation::regcollation END) END,
         (SELECT concat_ws(' ', format_type(rngsubtype, NULL), rngcollation::regcollation, rngcanonical, rngsubdiff, format_type(rngmultitypid, NULL),
           (SELECT o.identity FROM pg_identify_object('pg_opclass'::regclass, rngsubopc, 0) AS o)) FROM pg_range WHERE rngtypid = typ.oid))
FROM typ
UNION ALL
SELECT 'pg_operator'::regclass, o.oid, 'operator', o.oid::regoperator::text,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(oprowner)), oprcode, format_type(nullif(oprresult, 0), NULL),
         'commutator ' || nullif(oprcom, 0)::regoperator, 'negator ' || nullif(oprnegate, 0)::regoperator, 'restrict ' || nullif(oprrest, 0)::regproc,
         'join ' || nullif(oprjoin, 0)::regproc, CASE WHEN oprcanmerge THEN 'merges' END, CASE WHEN oprcanhash THEN 'hashes' END)
FROM pg_operator o JOIN ns ON ns.oid = oprnamespace
UNION ALL
SELECT 'pg_opfamily'::regclass, f.oid, 'operator family', i.identity,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(opfowner)),
         (SELECT string_agg(concat_ws(' ', 'operator', amopstrategy, amopopr::regoperator, amoppurpose::text, s.identity), E'\n' ORDER BY amopstrategy, amopopr::regoperator::text)
            FROM pg_amop LEFT JOIN LATERAL pg_identify_object('pg_opfamily'::regclass, nullif(amopsortfamily, 0), 0) AS s ON true WHERE amopfamily = f.oid),
         (SELECT string_agg(concat_ws(' ', 'function', amprocnum, amproc::regprocedure, format_type(amproclefttype, NULL), format_type(amprocrighttype, NULL)), E'\n'
            ORDER BY amprocnum, amproc::regprocedure::text) FROM pg_amproc WHERE amprocfamily = f.oid))
FROM pg_opfamily f JOIN ns ON ns.oid = opfnamespace, pg_identify_object('pg_opfamily'::regclass, f.oid, 0) AS i
UNION ALL
SELECT 'pg_opclass'::regclass, c.oid, 'operator class', i.identity,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(opcowner)), format_type(opcintype, NULL), f.identity,
         CASE WHEN opcdefault THEN 'default' END, 'storage ' || format_type(nullif(opckeytype, 0), NULL))
FROM pg_opclass c JOIN ns ON ns.oid = opcnamespace, pg_identify_object('pg_opclass'::regclass, c.oid, 0) AS i,
     pg_identify_object('pg_opfamily'::regclass, opcfamily, 0) AS f
UNION ALL
SELECT 'pg_collation'::regclass, c.oid, 'collation', i.identity,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(collowner)), collprovider::text, collcollate, collctype,
         coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'), 'rules ' || (to_jsonb(c) ->> 'collicurules'),
         CASE WHEN NOT collisdeterministic THEN 'not deterministic' END)
FROM pg_collation c JOIN ns ON ns.oid = collnamespace, pg_identify_object('pg_collation'::regclass, c.oid, 0) AS i
UNION ALL
SELECT 'pg_conversion'::regclass, c.oid, 'conversion', i.identity,
       concat_ws(E'\n', 'owner ' || quote_ident(pg_get_userbyid(conowner)), pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding),
         conproc, CASE WHEN condefault THEN 'default' END)
FROM pg_conversion c JOIN ns ON ns.oid = connamespace, pg_identify_object('pg_conversion'::regclass, c.oid, 0) AS i
UNION ALL
SELECT 'pg_cast'::regclass, c.oid, 'cast', i.identity, concat_ws(E'\n', nullif(castfunc, 0)::regprocedure, castcontext::text, castmethod::text)
FROM pg_cast c, pg_identify_object('pg_cast'::regclass, c.oid, 0) AS i WHERE c.oid >= 16384
UNION ALL
SELECT 'pg_transform'::regclass, t.oid, 'transform', format('%%s language %%I', format_type(trftype, NULL), lanname),
       concat_ws(E'\n', nullif(trffromsql, 0)::regprocedure, nullif(trftosql, 0)::regprocedure)
FROM pg_transform t JOIN pg_language l ON l.oid = trflang
