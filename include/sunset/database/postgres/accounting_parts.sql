-- What is part of another object and stands and falls with it: (classid, objid, classid and objid of the whole).
SELECT classid, objid, refclassid, refobjid FROM pg_depend WHERE deptype IN ('i', 'P')
UNION ALL SELECT 'pg_attrdef'::regclass, oid, 'pg_class'::regclass, adrelid FROM pg_attrdef
UNION ALL SELECT 'pg_enum'::regclass, oid, 'pg_type'::regclass, enumtypid FROM pg_enum
UNION ALL SELECT 'pg_amop'::regclass, oid, 'pg_opfamily'::regclass, amopfamily FROM pg_amop
UNION ALL SELECT 'pg_amproc'::regclass, oid, 'pg_opfamily'::regclass, amprocfamily FROM pg_amproc
UNION ALL SELECT 'pg_publication_rel'::regclass, oid, 'pg_publication'::regclass, prpubid FROM pg_publication_rel
UNION ALL SELECT 'pg_publication_namespace'::regclass, oid, 'pg_publication'::regclass, pnpubid FROM pg_publication_namespace
UNION ALL SELECT 'pg_constraint'::regclass, oid, 'pg_class'::regclass, conrelid FROM pg_constraint WHERE contype IN ('t', 'n')
UNION ALL SELECT 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid FROM pg_constraint WHERE contype = 'n'
UNION ALL  -- tables of extensions and temporary ones, with what hangs on them, and the indexes of large values
SELECT 'pg_class'::regclass, indexrelid, 'pg_class'::regclass, indrelid FROM pg_index JOIN pg_class c ON c.oid = indrelid
WHERE c.relkind = 't' OR c.relpersistence = 't' OR EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
UNION ALL
SELECT 'pg_constraint'::regclass, k.oid, 'pg_class'::regclass, conrelid FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
WHERE c.relpersistence = 't' OR EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
UNION ALL SELECT 'pg_trigger'::regclass, t.oid, 'pg_class'::regclass, tgrelid FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relpersistence = 't'
UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, 'pg_class'::regclass, ev_class FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE relpersistence = 't'
