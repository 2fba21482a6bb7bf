-- Cases: run on the TARGET after a copy:  psql -X -d target -f checks.sql
-- Prints every check that does not hold, then a total. Expected values were taken from the source and reviewed; they hold on the source too.
SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET search_path = pg_catalog; SET client_min_messages = warning; SET default_transaction_read_only = off;
-- rows(t): 'count:md5' over the text of every row, sorted bytewise; only the named table itself, not its children
CREATE FUNCTION pg_temp.rows(t text, kids boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $f$
DECLARE r text; BEGIN
  EXECUTE format('SELECT count(*) || '':'' || coalesce(md5(string_agg(x, chr(10) ORDER BY x COLLATE "C")), ''none'') FROM (SELECT t::text AS x FROM %s %s t) q', CASE WHEN kids THEN '' ELSE 'ONLY' END, t) INTO r;
  RETURN r; END $f$;
-- nextval_peek(s): what nextval would say, without calling it
CREATE FUNCTION pg_temp.next_of(s text) RETURNS text LANGUAGE plpgsql AS $f$
DECLARE l bigint; c boolean; i bigint; BEGIN
  EXECUTE format('SELECT last_value, is_called FROM %s', s) INTO l, c;
  SELECT seqincrement INTO i FROM pg_catalog.pg_sequence WHERE seqrelid = s::regclass;
  RETURN (CASE WHEN c THEN l + i ELSE l END)::text; END $f$;
CREATE TEMP TABLE chk (n serial, case_id text, what text, q text, expected text, got text);
INSERT INTO pg_temp.chk (case_id, what, q, expected) VALUES
('DB-01', 'rows of o.seq_always', 'SELECT pg_temp.rows(''o.seq_always'')', '2:07fd0caa69f9b320718a91e10f6a1e23'),
('DB-01', 'rows of o.seq_default', 'SELECT pg_temp.rows(''o.seq_default'')', '2:8e8bc3579e642d34028662e13bfbbcf1'),
('DB-01', 'rows of o.seq_serial', 'SELECT pg_temp.rows(''o.seq_serial'')', '1:d4003cc6a9e83808846664c712882b46'),
('DB-01', 'rows of o.share_a', 'SELECT pg_temp.rows(''o.share_a'')', '1:443aa960d3a7c6a37b802a31501194ec'),
('DB-01', 'rows of o.share_b', 'SELECT pg_temp.rows(''o.share_b'')', '1:c4c6bb0963ae72f8468f6e6a4562159d'),
('DB-01', 'next value of o.seq_always_id_seq', 'SELECT pg_temp.next_of(''o.seq_always_id_seq'')', '4'),
('DB-01', 'next value of o.seq_default_id_seq', 'SELECT pg_temp.next_of(''o.seq_default_id_seq'')', '120'),
('DB-01', 'next value of o.seq_serial_id_seq', 'SELECT pg_temp.next_of(''o.seq_serial_id_seq'')', '2'),
('DB-01', 'next value of o.seq_empty_id_seq', 'SELECT pg_temp.next_of(''o.seq_empty_id_seq'')', '901'),
('DB-01', 'next value of o.free_used', 'SELECT pg_temp.next_of(''o.free_used'')', '4211'),
('DB-01', 'next value of o.free_fresh', 'SELECT pg_temp.next_of(''o.free_fresh'')', '7'),
('DB-01', 'next value of o.shared_ids', 'SELECT pg_temp.next_of(''o.shared_ids'')', '52'),
('DB-01', 'identity kinds', 'SELECT string_agg(attidentity::text, '','' ORDER BY attrelid::regclass::text COLLATE "C") FROM pg_attribute WHERE attname=''id'' AND attrelid IN (''o.seq_always''::regclass,''o.seq_default''::regclass)', 'a,d'),
('DB-01', 'serial owned by its column', 'SELECT pg_get_serial_sequence(''o.seq_serial'',''id'')', 'o.seq_serial_id_seq'),
('DB-01', 'options of o.free_fresh', 'SELECT concat_ws('','',seqstart,seqincrement,seqmin,seqmax) FROM pg_sequence WHERE seqrelid=''o.free_fresh''::regclass', '7,-2,-100,7'),
('DB-02', 'rows of o.gen_mid', 'SELECT pg_temp.rows(''o.gen_mid'')', '2:c32c1b42ee0a519ca5b30f116dbf6351'),
('DB-02', 'still generated', 'SELECT string_agg(attname,'','' ORDER BY attname) FROM pg_attribute WHERE attgenerated=''s'' AND attrelid IN (''o.gen_mid''::regclass,''o.gen_only''::regclass)', 'gross,k'),
('DB-02', 'rows of o.gen_only', 'SELECT count(*)||'':''||min(k)||'':''||max(k) FROM o.gen_only', '2:7:7'),
('DB-03', 'rows of o.dept', 'SELECT pg_temp.rows(''o.dept'')', '2:5da0c5b7ce5a2b961e6da888d004f5b8'),
('DB-03', 'rows of o.emp', 'SELECT pg_temp.rows(''o.emp'')', '3:cc5c552d811dd2abf05e208fa725ce4b'),
('DB-03', 'three foreign keys, validated', 'SELECT string_agg(conname||'':''||convalidated||'':''||confdeltype::text, '','' ORDER BY conname COLLATE "C") FROM pg_constraint WHERE contype=''f'' AND conrelid IN (''o.dept''::regclass,''o.emp''::regclass)', 'dept_head_fk:true:n,emp_boss_id_fkey:true:a,emp_dept_id_fkey:true:a'),
('DB-04', 'rows of o.trg_main', 'SELECT pg_temp.rows(''o.trg_main'')', '2:0396dcbef0c9d6c054d0f5647b7d0b60'),
('DB-04', 'rows of o.trg_audit', 'SELECT pg_temp.rows(''o.trg_audit'')', '1:c29262b048860ac6264e0c7f4b7f7472'),
('DB-04', 'trigger states', 'SELECT string_agg(tgname||'':''||tgenabled::text, '','' ORDER BY tgname COLLATE "C") FROM pg_trigger WHERE NOT tgisinternal AND tgrelid=''o.trg_main''::regclass', 't_always:A,t_disabled:D,t_normal:O'),
('DB-05', 'rows of o.num', 'SELECT pg_temp.rows(''o.num'')', '7:6c53ceae7ffb8eb1dbd7fc9f0b26049f'),
('DB-05', 'trailing zeros kept', 'SELECT n::text FROM o.num WHERE id=5', '1.500'),
('DB-05', 'minus zero kept', 'SELECT f8::text FROM o.num WHERE id=5', '-0'),
('DB-05', 'NaN is NaN, not NULL or 0', 'SELECT concat_ws('','',n,nn,f8,f4) FROM o.num WHERE id=1', 'NaN,NaN,NaN,NaN'),
('DB-05', 'unconstrained numeric stays unconstrained', 'SELECT format_type(atttypid,atttypmod) FROM pg_attribute WHERE attrelid=''o.num''::regclass AND attname=''n''', 'numeric'),
('DB-06', 'rows of o.times', 'SELECT pg_temp.rows(''o.times'')', '8:40d62680127c441e0aa1d9551e4bc1a4'),
('DB-06', 'infinity', 'SELECT concat_ws(''|'',d,ts,tz,t,ttz) FROM o.times WHERE id=1', 'infinity|infinity|infinity|24:00:00|12:00:00.5+14'),
('DB-06', 'BC', 'SELECT concat_ws(''|'',d,ts) FROM o.times WHERE id=3', '0044-03-15 BC|0044-03-15 12:00:00 BC'),
('DB-06', 'far future', 'SELECT d||''|''||ts FROM o.times WHERE id=6', '5874897-12-31|294276-12-31 23:59:59.999999'),
('DB-07', 'rows of ONLY o.inh_parent', 'SELECT pg_temp.rows(''o.inh_parent'')', '1:bb79d7037695e8cad2d84bf0c5e213d6'),
('DB-07', 'rows of o.inh_child', 'SELECT pg_temp.rows(''o.inh_child'')', '2:9c0d996186ce4ad1389cbcc50f63f186'),
('DB-07', 'parent with children', 'SELECT count(*)::text FROM o.inh_parent', '3'),
('DB-07', 'still inherits', 'SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid=''o.inh_child''::regclass', 'o.inh_parent'),
('DB-07', 'rows per partition', 'SELECT string_agg(p||''=''||n, '','' ORDER BY p COLLATE "C") FROM (SELECT tableoid::regclass::text p, count(*) n FROM o.part GROUP BY 1) q', 'o.part_2023_rest=1,o.part_2024=1,o.part_default=1,o_part.part_2023_eu=1'),
('DB-07', 'rows of o.part', 'SELECT pg_temp.rows(''o.part'', true)', '4:31169e33da29704c9c73426eb0e92574'),
('DB-07', 'partition bounds', 'SELECT string_agg(c.oid::regclass||'' ''||pg_get_expr(relpartbound,c.oid), ''; '' ORDER BY c.oid::regclass::text COLLATE "C") FROM pg_class c WHERE relispartition AND relkind IN (''r'',''p'') AND relname LIKE ''part\_%''', 'o.part_2023 FOR VALUES FROM (''2023-01-01'') TO (''2024-01-01''); o.part_2023_rest DEFAULT; o.part_2024 FOR VALUES FROM (''2024-01-01'') TO (''2025-01-01''); o.part_default DEFAULT; o_part.part_2023_eu FOR VALUES IN (''eu'')'),
('DB-08', 'rows of "Odd Schema"."Order"', 'SELECT pg_temp.rows(''"Odd Schema"."Order"'')', '1:84ea8ff80a7b72e157ae86b2a8fca405'),
('DB-08', 'rows of "Odd Schema"."order"', 'SELECT pg_temp.rows(''"Odd Schema"."order"'')', '2:ab8b911417102daed7cb50db7170f4e4'),
('DB-08', 'rows of o.n23456789012345678901234567890123456789012345678901234567890_a1', 'SELECT pg_temp.rows(''o.n23456789012345678901234567890123456789012345678901234567890_a1'')', '1:7acce3193127d4b71a6c2b140c22dc95'),
('DB-08', 'rows of o.n23456789012345678901234567890123456789012345678901234567890_a2', 'SELECT pg_temp.rows(''o.n23456789012345678901234567890123456789012345678901234567890_a2'')', '2:b2ca8cbb6ba1c0dc3c8f9e3a5561d77e'),
('DB-08', 'rows of o."表表表表表表表表表表表表表表表表表表表表表"', 'SELECT pg_temp.rows(''o."表表表表表表表表表表表表表表表表表表表表表"'')', '1:0d250ccf9b29327fc9cd0be9f2d1a8b3'),
('DB-08', 'rows of o."%s"', 'SELECT pg_temp.rows(''o."%s"'')', '1:d944618f9f85e4344af8a01d7f8f30b0'),
('DB-08', 'rows of o."{{ ds }}"', 'SELECT pg_temp.rows(''o."{{ ds }}"'')', '1:7acce3193127d4b71a6c2b140c22dc95'),
('DB-08', 'column names', 'SELECT string_agg(attname,''~'' ORDER BY attnum) FROM pg_attribute WHERE attrelid=''"Odd Schema"."Order"''::regclass AND attnum>0', 'Id~select~user~a b~quo"te~Ünïcode~per%cent~semi;colon~dot.ted~col:on~back\slash~tab	tab~$dollar$'),
('DB-08', 'index with a space', 'SELECT indexdef FROM pg_indexes WHERE indexname=''Idx With Space''', 'CREATE INDEX "Idx With Space" ON "Odd Schema"."Order" USING btree ("a b", lower("user"))'),
('DB-09', 'rows of o.txt', 'SELECT pg_temp.rows(''o.txt'')', '24:3eba8e6ccb6d5bb78d1abf084405d58c'),
('DB-09', 'NULL count, empty count', 'SELECT count(*) FILTER (WHERE a IS NULL)||'',''||count(*) FILTER (WHERE a='''')||'',''||count(*) FILTER (WHERE b IS NULL)||'',''||count(*) FILTER (WHERE b='''')  FROM o.txt', '1,1,13,1'),
('DB-09', 'exact odd strings', 'SELECT (SELECT a=''\N'' FROM o.txt WHERE id=4)::text||(SELECT a=''\.'' FROM o.txt WHERE id=5)::text||(SELECT octet_length(a) FROM o.txt WHERE id=8)||(SELECT octet_length(a) FROM o.txt WHERE id=7)', 'truetrue97'),
('DB-09', 'large values', 'SELECT octet_length(a)||'',''||md5(b) FROM o.txt WHERE id=20', '1048576,20dbc406b95e214a799a6a7f9c700d2f'),
('DB-10', 'rows of o.js', 'SELECT pg_temp.rows(''o.js'')', '10:8132c182785b81b9603261eddd43838d'),
('DB-10', 'json text kept byte for byte', 'SELECT j::text FROM o.js WHERE id=1', '{"b":1,  "a":2,"a":3}'),
('DB-10', 'big integer in jsonb', 'SELECT jb->>''n'' FROM o.js WHERE id=2', '1234567890123456789'),
('DB-10', 'decimal in jsonb', 'SELECT jb->>''n'' FROM o.js WHERE id=3', '0.10000000000000000000001'),
('DB-10', 'jsonb null is not SQL NULL', 'SELECT jsonb_typeof(jb)||'',''||(SELECT jb IS NULL FROM o.js WHERE id=6)::text FROM o.js WHERE id=5', 'null,true'),
('DB-10', 'escape u0000 kept in json', 'SELECT j::text FROM o.js WHERE id=8', '{"z":"\u0000"}'),
('DB-11', 'rows of o.docs', 'SELECT pg_temp.rows(''o.docs'')', '2:6349ba026e580e38992eca753a04fddf'),
('DB-11', 'matview o.doc_stats is filled', 'SELECT total::text FROM o.doc_stats', '2'),
('DB-11', 'rows behind a check that reads another table', 'SELECT string_agg(id::text,'','' ORDER BY id) FROM o.doc_refs', '1,2'),
('DB-11', 'that check is there and valid', 'SELECT convalidated::text FROM pg_constraint WHERE conname=''doc_refs_known''', 'true'),
('DB-11', 'view over view', 'SELECT string_agg(body,'','') FROM o.aa_top', 'BETA'),
('DB-11', 'matview over view', 'SELECT string_agg(id||body,'','') FROM o.mv_one', '2BETA'),
('DB-11', 'matview over matview', 'SELECT n::text FROM o.aa_mv_two', '1'),
('DB-11', 'unfilled matview stays unfilled', 'SELECT relispopulated::text FROM pg_class WHERE oid=''o.mv_unfilled''::regclass', 'false'),
('DB-11', 'matview index', 'SELECT count(*)::text FROM pg_indexes WHERE schemaname=''o'' AND indexname=''mv_one_id''', '1'),
('DR-04', 'rows of o.no_pk', 'SELECT pg_temp.rows(''o.no_pk'')', '5000:a06b9546d0551201caeae980dacc65cc'),
('DR-04', 'distinct rows in o.no_pk', 'SELECT count(DISTINCT a)||'',''||count(*) FROM o.no_pk', '10,5000');
DO $d$ DECLARE r record; g text; BEGIN
  FOR r IN SELECT * FROM pg_temp.chk ORDER BY n LOOP
    BEGIN EXECUTE r.q INTO g; EXCEPTION WHEN OTHERS THEN g := 'ERROR ' || SQLERRM; END;
    UPDATE pg_temp.chk SET got = g WHERE n = r.n;
  END LOOP; END $d$;
SELECT case_id, what, expected, got FROM pg_temp.chk WHERE got IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) FILTER (WHERE got = expected) AS hold, count(*) FILTER (WHERE got IS DISTINCT FROM expected) AS do_not_hold FROM pg_temp.chk;
