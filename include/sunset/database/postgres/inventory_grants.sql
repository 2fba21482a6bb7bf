-- Who may do what: (classid, objid, kind, identity, definition). A right that stands by default counts as granted.
, acl AS (
  SELECT 'schema ' || quote_ident(nspname) AS object, coalesce(nspacl, acldefault('n', nspowner)) AS acl FROM ns
  UNION ALL SELECT 'relation ' || quoted, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))
            FROM rel WHERE relkind <> 'c'
  UNION ALL SELECT 'column ' || quoted || '.' || quote_ident(attname), attacl
            FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid WHERE attacl IS NOT NULL AND NOT attisdropped
  UNION ALL SELECT 'routine ' || oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM proc
  UNION ALL SELECT 'type ' || quoted, coalesce(typacl, acldefault('T', typowner)) FROM typ
  UNION ALL SELECT 'language ' || quote_ident(lanname), coalesce(lanacl, acldefault('l', lanowner)) FROM pg_language WHERE oid >= 16384
  UNION ALL SELECT 'foreign-data wrapper ' || quote_ident(fdwname), coalesce(fdwacl, acldefault('F', fdwowner)) FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'foreign server ' || quote_ident(srvname), coalesce(srvacl, acldefault('S', srvowner)) FROM pg_foreign_server
  UNION ALL  -- what the system and extensions brought, where somebody changed who may use it
  SELECT 'routine ' || p.oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc p
         JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid WHERE proacl IS DISTINCT FROM initprivs
  UNION ALL
  SELECT 'relation ' || c.oid::regclass::text, coalesce(relacl, acldefault('r', relowner)) FROM pg_class c
         JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
         WHERE relacl IS DISTINCT FROM initprivs AND relkind <> 'S' AND c.oid NOT IN (SELECT oid FROM rel)
)
SELECT 0::oid, 0::oid, 'grant', object || ' to ' || CASE WHEN a.grantee = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END || ': ' || a.privilege_type,
       CASE WHEN bool_or(a.is_grantable) THEN 'with grant option' ELSE '' END
FROM acl, aclexplode(acl.acl) AS a
-- Version 17 brought MAINTAIN, which whoever holds all privileges of a table has from then on.
WHERE NOT (a.privilege_type = 'MAINTAIN' AND 7 <= (SELECT count(DISTINCT b.privilege_type) FROM aclexplode(acl.acl) AS b
                                                   WHERE b.grantee = a.grantee AND b.privilege_type <> 'MAINTAIN'))
GROUP BY object, a.grantee, a.privilege_type
UNION ALL
SELECT 'pg_default_acl'::regclass, d.oid, 'default privilege', format('%%s in %%s on %%s to %%s: %%s', quote_ident(pg_get_userbyid(defaclrole)), coalesce(quote_ident(ns.nspname), 'all schemas'),
         defaclobjtype, CASE WHEN a.grantee = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.privilege_type),
       CASE WHEN a.is_grantable THEN 'with grant option' ELSE '' END
FROM pg_default_acl d LEFT JOIN ns ON ns.oid = defaclnamespace, aclexplode(defaclacl) AS a
WHERE (ns.oid IS NOT NULL OR defaclnamespace = 0)
  AND NOT (a.privilege_type = 'MAINTAIN' AND 7 <= (SELECT count(DISTINCT b.privilege_type) FROM aclexplode(defaclacl) AS b
                                                   WHERE b.grantee = a.grantee AND b.privilege_type <> 'MAINTAIN'))
