-- The columns of these relations: oid, name, type, family of its values. Parameter: oids oid[].
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN base.typname IN ('json', 'jsonb') THEN 'document'
            WHEN base.typname IN ('bytea', 'uuid') THEN 'other'
            WHEN base.typname IN ('xml', 'hstore') THEN 'text'
            ELSE CASE base.typcategory WHEN 'N' THEN 'number' WHEN 'B' THEN 'boolean' WHEN 'D' THEN 'date'
                                       WHEN 'S' THEN 'text' WHEN 'A' THEN 'text' WHEN 'C' THEN 'text' WHEN 'I' THEN 'text'
                                       ELSE 'other' END END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type base ON base.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = ANY (%(oids)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
