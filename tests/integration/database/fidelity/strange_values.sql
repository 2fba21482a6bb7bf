-- Values and names that are odd: composites within domains and arrays, the ends of every type, quotes in names, no columns
-- and as many as there can be.
CREATE SCHEMA "A ""q"" %s \x";
CREATE TYPE pt AS (x int, y text);
CREATE DOMAIN pts AS pt[] CHECK (array_length(VALUE,1) < 5);
CREATE DOMAIN lim AS int;
CREATE TYPE odd AS ENUM ('', ' lead', 'com,ma', 'quo"te', 'a''b', '%s', '{}', 'NULL', E'new\nline', 'back\slash');
CREATE TYPE fr AS RANGE (subtype=float8);
CREATE TABLE comp (id int, p pt, ps pts, arr pt[], nested int[][], low int[], o odd, os odd[], r fr, mr int4multirange, rs tstzrange[]);
INSERT INTO comp VALUES (1,NULL,NULL,NULL,NULL,NULL,'',ARRAY['com,ma','NULL',NULL]::odd[],'[1,2)','{[1,2),[5,9)}',NULL),
 (2,ROW(NULL,NULL),'{}',ARRAY[NULL::pt,ROW(NULL,NULL)::pt,ROW(1,'')::pt,ROW(2,'a,"b')::pt],'{{1,2},{3,4}}','[-3:-2]={1,2}',E'new\nline',NULL,'(-infinity,infinity)','{}',ARRAY['empty'::tstzrange,'[-infinity,infinity]']),
 (3,ROW(1,'(x)'),ARRAY[ROW(1,'{}')::pt],NULL,'{}','[0:0]={NULL}','NULL',NULL,'empty',NULL,NULL);
INSERT INTO comp SELECT * FROM comp;
CREATE TABLE scal (id int, m money, b bit(5), vb bit varying, tz timetz, iv interval, f4 float4, f8 float8, n numeric, nn numeric(5,-2), ts timestamp, tstz timestamptz, d date, tv tsvector, tq tsquery, j jsonb, js json, jp jsonpath, u uuid, i inet, ci cidr, mac macaddr8, pnt point, ln line, poly polygon, circ circle, c "char", nm name, bp char(4), x xid8, l pg_lsn, oo oid, ov oidvector, iv2 int2vector);
INSERT INTO scal VALUES (1,'-92233720368547758.08','10101','', '24:00:00+15:59','-178000000 years -1 mon -3 days -04:05:06.789','-0','-0','-0','12345','infinity','-infinity','infinity',$$'a b':1A,3C 'it''s':2$$,$$'a' & !('b':* | 'c') <-> 'd'$$,'1e400',E'{"a":\u00201,"a":2 }','$.a[*] ? (@ > 1)','00000000-0000-0000-0000-000000000000','::ffff:1.2.3.4/128','10.0.0.0/8','08:00:2b:01:02:03:04:05','(NaN,-0)','{1,2,3}','((0,0),(1,1))','<(0,0),1e308>','\','tab	x','a','18446744073709551615','FFFFFFFF/FFFFFFFF',4294967295,'1 2 3','1 -2');
INSERT INTO scal VALUES (2,'0.01','00000',repeat('10',5000)::varbit,'00:00:00-15:59','178000000 years','1e-45','NaN','NaN','-12349','4714-11-24 00:00:00 BC','294276-12-31 23:59:59.999999+00','4714-11-24 BC','','', '{"n":123456789012345678901234567890.12345678901234567890}','null','$','ffffffff-ffff-ffff-ffff-ffffffffffff','0.0.0.0/0','::/0','ff:ff:ff:ff:ff:ff:ff:ff','(Infinity,1)','{1,0,-1}','((1,2))','<(1,1),0>','','','    ','0','0/0',0,'','');
CREATE TABLE zero ();
INSERT INTO zero DEFAULT VALUES; INSERT INTO zero DEFAULT VALUES;
CREATE TABLE "select" ("from" int, "a%sb" text, "back\sl" text, "quo""te" text, "new
line" text, "{{ ds }}" text, "$1" text, ":x" text);
INSERT INTO "select" VALUES (1,'%s','\N','"',E'\n','{{ ds }}','$1',':x');
CREATE UNIQUE INDEX "ix %s \" ON "select" ("from", "a%sb") WHERE "back\sl" <> '%';
ALTER TABLE "select" ADD CONSTRAINT "ck "" %s" CHECK ("from" < 10);
CREATE TABLE "A ""q"" %s \x"."t '\ "" %I" (id int PRIMARY KEY, v text);
INSERT INTO "A ""q"" %s \x"."t '\ "" %I" VALUES (1,'x');
DO $$ BEGIN EXECUTE 'CREATE TABLE wide (' || (SELECT string_agg('c'||g||' int', ',') FROM generate_series(1,1600) g) || ')'; EXECUTE 'INSERT INTO wide (c1,c1600) VALUES (1,1600)'; END $$;
CREATE TABLE dropped (a int, b int, c int, d int GENERATED ALWAYS AS (a*2) STORED, e int);
ALTER TABLE dropped DROP b; ALTER TABLE dropped ADD f text DEFAULT 'dflt' NOT NULL; INSERT INTO dropped (a,c,e) VALUES (1,2,3); ALTER TABLE dropped DROP e;
CREATE TABLE big (id int, t text, b bytea); INSERT INTO big SELECT 1, repeat('x',20000000), decode(repeat('00ff',10000000),'hex');
