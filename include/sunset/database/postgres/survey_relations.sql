-- What the server knows of each relation: address, oid, owner, root partition, referrers, last write by the counters,
-- counted writes, last read, pages, estimated rows, whether it has rows of its own, whether the login may read it, bytes.
-- Parameter: schemas text[] (empty: all).
WITH relation AS (
  SELECT c.*, format('%%I.%%I', n.nspname, c.relname) AS address,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sunset_checkpoint')
    AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
), referrer AS (
  SELECT confrelid AS oid, conrelid AS by FROM pg_constraint WHERE contype = 'f' AND confrelid <> conrelid
  UNION
  SELECT d.refobjid, w.ev_class FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
), referrers AS (
  SELECT oid, count(*) AS number FROM referrer GROUP BY oid
)
SELECT r.address, r.oid, pg_get_userbyid(r.relowner),
       CASE WHEN r.relispartition
            THEN (SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.oid = pg_partition_root(r.oid)) ELSE '' END,
       coalesce(referrers.number, 0),
       -- no write was counted since the counters were set back; a replica counts none at all
       CASE WHEN NOT pg_is_in_recovery() AND s.n_tup_ins + s.n_tup_upd + s.n_tup_del = 0 THEN db.stats_reset END,
       CASE WHEN NOT pg_is_in_recovery() THEN s.n_tup_ins + s.n_tup_upd + s.n_tup_del END,
       greatest({last_read}),
       r.relpages, greatest(r.reltuples, 0), r.relkind IN ('r', 'm') AND r.relispopulated,
       r.readable, CASE WHEN r.relkind IN ('r', 'm') THEN pg_relation_size(r.oid) ELSE 0 END
FROM relation r
LEFT JOIN referrers ON referrers.oid = r.oid
LEFT JOIN pg_stat_all_tables s ON s.relid = r.oid
LEFT JOIN pg_stat_database db ON db.datname = current_database()
