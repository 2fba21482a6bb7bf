-- One object of every kind that a user can make, and what hangs on it. Loads into an empty database by a superuser.
-- Roles `kinds_owner` and `kinds_reader` have to be there. Objects of newer versions are in kinds_18.sql.
CREATE SCHEMA k;
CREATE SCHEMA ext;
COMMENT ON SCHEMA k IS 'every kind';
GRANT USAGE ON SCHEMA k TO kinds_reader;
CREATE EXTENSION hstore SCHEMA ext;
CREATE EXTENSION lo SCHEMA ext;
CREATE EXTENSION btree_gist SCHEMA ext;
CREATE EXTENSION file_fdw SCHEMA ext;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_reset() TO kinds_reader;

-- types
CREATE TYPE k.mood AS ENUM ('b', 'a');
ALTER TYPE k.mood ADD VALUE 'first' BEFORE 'b';
CREATE TYPE k.pair AS (one int, two text COLLATE "C");
COMMENT ON COLUMN k.pair.two IS 'of a composite';
CREATE DOMAIN k.positive AS int DEFAULT 1 NOT NULL CONSTRAINT positive_is CHECK (VALUE > 0);
COMMENT ON CONSTRAINT positive_is ON DOMAIN k.positive IS 'of a domain';
ALTER DOMAIN k.positive ADD CONSTRAINT below CHECK (VALUE < 1000) NOT VALID;
CREATE TYPE k.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE k.shell;
CREATE FUNCTION k.raw_in(cstring) RETURNS k.shell LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION k.raw_out(k.shell) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE k.shell (INPUT = k.raw_in, OUTPUT = k.raw_out, LIKE = int4);
CREATE COLLATION k.bytes (provider = libc, locale = 'C');
GRANT USAGE ON TYPE k.mood TO kinds_reader;
REVOKE USAGE ON TYPE k.mood FROM PUBLIC;

-- routines
CREATE FUNCTION k.twice(a int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 7 AS 'SELECT a * 2';
CREATE FUNCTION k.many(n int, VARIADIC rest text[] DEFAULT '{}') RETURNS SETOF text LANGUAGE plpgsql ROWS 5 SECURITY DEFINER SET search_path = k AS $$ BEGIN RETURN QUERY SELECT unnest(rest); END $$;
CREATE PROCEDURE k.do_it(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
CREATE AGGREGATE k.total(int) (sfunc = int4pl, stype = int, initcond = '0', combinefunc = int4pl, parallel = safe);
CREATE FUNCTION k.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION k.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
REVOKE EXECUTE ON FUNCTION k.twice(int) FROM PUBLIC;
COMMENT ON FUNCTION k.twice(int) IS 'doubles';
ALTER FUNCTION k.twice(int) OWNER TO kinds_owner;
GRANT CREATE, USAGE ON SCHEMA k TO kinds_owner;

-- operators, casts, conversions, transforms, languages, access methods
CREATE FUNCTION k.like_eq(k.pair, k.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).one = ($2).one';
CREATE FUNCTION k.like_lt(k.pair, k.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).one < ($2).one';
CREATE FUNCTION k.like_cmp(k.pair, k.pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ($1).one - ($2).one';
CREATE OPERATOR k.=== (LEFTARG = k.pair, RIGHTARG = k.pair, FUNCTION = k.like_eq, COMMUTATOR = OPERATOR(k.===), RESTRICT = eqsel);
CREATE OPERATOR k.<<< (LEFTARG = k.pair, RIGHTARG = k.pair, FUNCTION = k.like_lt);
CREATE OPERATOR FAMILY k.pairs USING btree;
CREATE OPERATOR CLASS k.pair_ops FOR TYPE k.pair USING btree FAMILY k.pairs AS OPERATOR 1 k.<<<, OPERATOR 3 k.===, FUNCTION 1 k.like_cmp(k.pair, k.pair);
CREATE FUNCTION k.pair_text(k.pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).two';
CREATE CAST (k.pair AS text) WITH FUNCTION k.pair_text(k.pair) AS ASSIGNMENT;
CREATE CONVERSION k.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE FUNCTION k.other_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE other HANDLER k.other_handler;
CREATE TRANSFORM FOR int LANGUAGE other (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD btree_too TYPE INDEX HANDLER bthandler;
COMMENT ON LANGUAGE other IS 'speaks';
COMMENT ON TRANSFORM FOR int LANGUAGE other IS 'transforms';

-- text search
CREATE TEXT SEARCH PARSER k.words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE k.plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY k.stop (TEMPLATE = k.plain, accept = false);
CREATE TEXT SEARCH CONFIGURATION k.search (PARSER = k.words);
ALTER TEXT SEARCH CONFIGURATION k.search ADD MAPPING FOR word, asciiword WITH k.stop, pg_catalog.simple;

-- sequences
CREATE SEQUENCE k.counted AS smallint INCREMENT -3 MINVALUE -300 MAXVALUE 30 START 9 CACHE 5 CYCLE;
CREATE UNLOGGED SEQUENCE k.fleeting;
SELECT nextval('k.counted'), nextval('k.counted');

-- tables and columns
CREATE TABLE k.parent (
  id bigint GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10 MINVALUE 50 CACHE 3) CONSTRAINT parent_pk PRIMARY KEY,
  code text COMPRESSION pglz COLLATE k.bytes,
  mood k.mood DEFAULT 'a', amount k.positive, during k.span, couple k.pair, labels ext.hstore, raw k.shell,
  twice int GENERATED ALWAYS AS (k.twice(amount)) STORED, doc ext.lo,
  CONSTRAINT one_of UNIQUE NULLS NOT DISTINCT (code, mood) DEFERRABLE INITIALLY DEFERRED,
  EXCLUDE USING gist (during WITH &&) WHERE (amount > 5) DEFERRABLE,
  CONSTRAINT code_short CHECK (length(code) < 100) NO INHERIT
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE k.parent ALTER code SET STORAGE EXTERNAL, ALTER code SET STATISTICS 500, ALTER code SET (n_distinct = -0.5);
ALTER TABLE k.parent ADD CONSTRAINT never_checked CHECK (amount < 50) NOT VALID;
COMMENT ON TABLE k.parent IS 'a table';
COMMENT ON COLUMN k.parent.code IS 'a column';
COMMENT ON CONSTRAINT never_checked ON k.parent IS 'a constraint';
GRANT SELECT (id, code), UPDATE (code) ON k.parent TO kinds_reader WITH GRANT OPTION;
CREATE TRIGGER lo_kept BEFORE UPDATE OR DELETE ON k.parent FOR EACH ROW EXECUTE FUNCTION ext.lo_manage(doc);
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON k.parent DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id > 3) EXECUTE FUNCTION k.touch();
COMMENT ON TRIGGER late ON k.parent IS 'a trigger';
CREATE TABLE k.child (id bigint, parent bigint, note text, PRIMARY KEY (id) INCLUDE (note),
  CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES k.parent MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (parent) DEFERRABLE);
ALTER TABLE k.child ADD CONSTRAINT unproven FOREIGN KEY (parent) REFERENCES k.parent NOT VALID;
CREATE INDEX child_note ON k.child (upper(note) DESC NULLS LAST) WITH (fillfactor = 60) WHERE note <> '';
ALTER INDEX k.child_note ALTER COLUMN 1 SET STATISTICS 321;
CREATE INDEX child_lossy ON k.child USING gin (to_tsvector('k.search', note));
CREATE UNIQUE INDEX child_real ON k.child (parent, id);
ALTER TABLE k.child ALTER parent SET NOT NULL, CLUSTER ON child_pkey, REPLICA IDENTITY USING INDEX child_real;
ALTER TABLE k.child OWNER TO kinds_owner;
CREATE STATISTICS k.together (ndistinct, mcv) ON id, parent FROM k.child;
ALTER STATISTICS k.together SET STATISTICS 77;
COMMENT ON STATISTICS k.together IS 'statistics';
CREATE UNLOGGED TABLE k.cache (id int, v text) ;
CREATE TABLE k.typed OF k.pair (one PRIMARY KEY);
CREATE TABLE k.other_am (id int) USING heap_too;
CREATE TABLE k.inherits (extra text) INHERITS (k.cache);
ALTER TABLE k.inherits NO INHERIT k.cache;
CREATE TABLE k.elder (id int, v text, CHECK (id > 0));
CREATE TABLE k.heir (own int, v text) INHERITS (k.elder);
CREATE TABLE k.parts (id int, at date, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE k.parts_one PARTITION OF k.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (id);
CREATE TABLE k.parts_one_a PARTITION OF k.parts_one FOR VALUES FROM (0) TO (100);
CREATE TABLE k.parts_two (note text, dropped int, at date NOT NULL, id int NOT NULL);
ALTER TABLE k.parts_two DROP dropped;
ALTER TABLE k.parts ATTACH PARTITION k.parts_two DEFAULT;
CREATE TABLE k.parts_loose (id int NOT NULL, at date NOT NULL, note text);
ALTER TABLE k.parts ATTACH PARTITION k.parts_loose FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE k.parts DETACH PARTITION k.parts_loose;
CREATE INDEX parts_note ON k.parts (note);
CREATE TABLE k.of_parts (id int, at date, CONSTRAINT to_parts FOREIGN KEY (id, at) REFERENCES k.parts);
CREATE TRIGGER on_parts BEFORE INSERT ON k.parts FOR EACH ROW EXECUTE FUNCTION k.touch();
ALTER TABLE k.parts_two DISABLE TRIGGER on_parts;

-- views, rules, row security
CREATE VIEW k.shown WITH (security_barrier, security_invoker) AS SELECT child.id, child.note, (SELECT max(parent.id) FROM k.parent) AS top FROM k.child WHERE child.note <> 'x.y' WITH LOCAL CHECK OPTION;
CREATE RECURSIVE VIEW k.tree (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM tree WHERE n < 3;
CREATE MATERIALIZED VIEW k.filled AS SELECT id, note FROM k.child;
CREATE UNIQUE INDEX filled_id ON k.filled (id);
CREATE MATERIALIZED VIEW k.unfilled AS SELECT 1 AS one WITH NO DATA;
COMMENT ON COLUMN k.shown.top IS 'of a view';
CREATE RULE quiet AS ON DELETE TO k.cache DO INSTEAD (UPDATE k.cache SET v = OLD.v WHERE cache.id = OLD.id);
COMMENT ON RULE quiet ON k.cache IS 'a rule';
ALTER TABLE k.child ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON k.child AS RESTRICTIVE FOR SELECT TO kinds_reader, kinds_owner USING (EXISTS (SELECT FROM k.parent WHERE parent.id = child.parent));
COMMENT ON POLICY mine ON k.child IS 'a policy';
CREATE TRIGGER instead INSTEAD OF INSERT ON k.shown FOR EACH ROW EXECUTE FUNCTION k.touch();

-- foreign data
CREATE FOREIGN DATA WRAPPER nothing OPTIONS (debug 'true');
CREATE SERVER files FOREIGN DATA WRAPPER nothing OPTIONS (host 'h');
CREATE SERVER disk FOREIGN DATA WRAPPER file_fdw;
CREATE USER MAPPING FOR kinds_reader SERVER files OPTIONS ("user" 'someone');
CREATE FOREIGN TABLE k.outside (a int OPTIONS (force_null 'true'), b text) SERVER disk OPTIONS (filename '/dev/null', format 'csv');
GRANT USAGE ON FOREIGN SERVER files TO kinds_reader;

-- database wide
CREATE PUBLICATION news FOR TABLE k.child (id, note, parent) WHERE (id > 5), k.elder WITH (publish = 'insert');
CREATE PUBLICATION all_of_k FOR TABLES IN SCHEMA k;
CREATE SUBSCRIPTION from_elsewhere CONNECTION 'host=nowhere password=S3cr3tOfTheSubscription' PUBLICATION p WITH (connect = false, slot_name = NONE);
ALTER DEFAULT PRIVILEGES IN SCHEMA k GRANT SELECT ON TABLES TO kinds_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE kinds_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION k.watch();
COMMENT ON EVENT TRIGGER watching IS 'an event trigger';
COMMENT ON EXTENSION hstore IS 'ours';

-- rows
INSERT INTO k.parent (code, mood, amount, during, couple, labels, raw) VALUES ('one', 'b', 10, '[1,2)', (1, 'x'), 'a=>1', '5'), ('two', 'a', 20, NULL, NULL, '', NULL);
INSERT INTO k.child VALUES (1, 100, 'n');
INSERT INTO k.cache VALUES (1, 'kept');
INSERT INTO k.elder VALUES (1, 'e');
INSERT INTO k.heir VALUES (2, 'h', 3);
INSERT INTO k.parts VALUES (1, '2024-05-05', 'a'), (2, '2030-01-01', 'b');
INSERT INTO k.other_am VALUES (1);
REFRESH MATERIALIZED VIEW k.filled;
