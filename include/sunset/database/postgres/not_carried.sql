-- What exists in the source and does not go to the target, and why:
-- (kind, namespace, name, address, reason, classid, objid). Names alone: the value of a setting may be a secret.
-- Parameter: schemas text[] (empty: all).
WITH here AS (
  SELECT oid, datacl, datdba FROM pg_database WHERE datname = current_database()
), own AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sunset_checkpoint')
), ns AS (
  SELECT * FROM own WHERE cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s)
), member AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
)
SELECT 'schema', '', nspname, quote_ident(nspname), 'the spec does not name it under `schemas`.', 'pg_namespace'::regclass::oid, own.oid
FROM own WHERE oid NOT IN (SELECT oid FROM ns)
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = own.oid)
  AND EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = own.oid AND deptype = 'n')
UNION ALL
SELECT 'subscription', '', subname, quote_ident(subname), 'two subscribers would take the same changes; its connection holds a password.', 0, 0
FROM pg_subscription WHERE subdbid = (SELECT oid FROM here)
UNION ALL
SELECT 'user mapping', '', usename, format('%%I on %%I', usename, srvname), 'it holds credentials for another server.', 'pg_user_mapping'::regclass, umid
FROM pg_user_mappings WHERE cardinality(%(schemas)s::text[]) = 0 OR srvid IN (
  SELECT ftserver FROM pg_foreign_table JOIN pg_class c ON c.oid = ftrelid WHERE relnamespace IN (SELECT oid FROM ns))
UNION ALL
SELECT 'rows of a foreign table', nspname, relname, format('%%I.%%I', nspname, relname), 'its definition is carried, its rows lie elsewhere.', 0, 0
FROM pg_class c JOIN ns ON ns.oid = relnamespace WHERE relkind = 'f'
UNION ALL
SELECT 'rows of an extension', n.nspname, relname, format('%%I.%%I', n.nspname, relname), CASE WHEN EXISTS (SELECT FROM pg_extension WHERE c.oid = ANY (extconfig)) THEN 'they configure the extension, which begins anew on the target: what was added has to be added there.'
  ELSE 'the extension makes its tables anew on the target, with the rows it begins with.' END, 0, 0
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid WHERE relkind = 'r' AND pg_relation_size(c.oid) > 0
UNION ALL
SELECT 'invalid index', nspname, i.relname, format('%%I.%%I', nspname, i.relname), 'no query uses it, and PostgreSQL dumps none that is not valid.', 'pg_class'::regclass, i.oid
FROM pg_index x JOIN pg_class i ON i.oid = indexrelid JOIN ns ON ns.oid = i.relnamespace WHERE NOT indisvalid AND i.relkind = 'i'
UNION ALL
SELECT o.type, 'pg_catalog', o.name, o.identity, 'it lies in a schema of the system, which PostgreSQL does not dump.', d.classid, d.objid
FROM (SELECT 'pg_class'::regclass::oid AS classid, oid AS objid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace
      UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
      UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typrelid = 0 AND typelem = 0
      UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace) AS d,
     pg_identify_object(d.classid, d.objid, 0) AS o
WHERE d.objid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = d.classid AND m.objid = d.objid)
UNION ALL
SELECT DISTINCT 'tablespace', '', spcname, quote_ident(spcname), 'tables and indexes go to the default tablespace of the target.', 0::oid, 0::oid
FROM pg_class c JOIN ns ON ns.oid = relnamespace JOIN pg_tablespace t ON t.oid = reltablespace
UNION ALL
SELECT 'replication slot', '', slot_name, slot_name, 'it holds the log of its own server.', 0, 0
FROM pg_replication_slots WHERE database = current_database() AND slot_name !~ '^sunset_'
UNION ALL
SELECT DISTINCT 'setting of the database', '', split_part(c, '=', 1), concat_ws(' of ', split_part(c, '=', 1), quote_ident(rolname)),
       'it belongs to the database itself.', 0::oid, 0::oid
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS c
WHERE s.setdatabase = (SELECT oid FROM here) AND c !~ '^default_transaction_read_only='
UNION ALL
SELECT 'grants on the database', '', current_database(), quote_ident(current_database()), 'they belong to the database itself.', 0, 0 FROM here
WHERE datacl IS NOT NULL AND datacl IS DISTINCT FROM acldefault('d', datdba)
UNION ALL
SELECT 'comment on the database', '', current_database(), quote_ident(current_database()), 'it belongs to the database itself.', 0, 0 FROM here
WHERE shobj_description(oid, 'pg_database') IS NOT NULL
UNION ALL
SELECT 'security label of the database', '', provider, provider, 'it belongs to the database itself.', 0, 0
FROM pg_shseclabel WHERE classoid = 'pg_database'::regclass AND objoid = (SELECT oid FROM here)
UNION ALL
SELECT DISTINCT 'role', '', rolname, quote_ident(rolname), 'roles with their passwords, settings and memberships belong to the server.', 0::oid, 0::oid
FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
WHERE d.dbid = (SELECT oid FROM here) AND d.refclassid = 'pg_authid'::regclass AND r.oid >= 16384
