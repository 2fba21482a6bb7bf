-- Of these relations: indexes that the server does not use, constraints that it never checked, tables without a key, and
-- keys that take NULL: oid, code, name, columns. Parameter: oids oid[].
SELECT i.indrelid, 'invalid_index', c.relname, '{}'::text[]
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY (%(oids)s::oid[]) AND NOT (i.indisvalid AND i.indisready)
UNION ALL
SELECT conrelid, 'not_validated', conname, '{}' FROM pg_constraint
WHERE conrelid = ANY (%(oids)s::oid[]) AND NOT convalidated
UNION ALL
SELECT c.oid, 'no_key', c.relname, '{}' FROM pg_class c
WHERE c.oid = ANY (%(oids)s::oid[]) AND c.relkind = 'r'
  AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL)
UNION ALL
SELECT i.indrelid, 'null_in_key', c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull
WHERE i.indrelid = ANY (%(oids)s::oid[]) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
GROUP BY i.indrelid, c.relname
