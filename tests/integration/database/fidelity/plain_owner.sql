-- A product whose objects all belong to a role that is no superuser.
CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a','b'); CREATE TABLE app.t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m app.mood, v text); INSERT INTO app.t (m,v) SELECT 'a', repeat('x',g) FROM generate_series(1,500) g;
CREATE TABLE app.u (id int REFERENCES app.t, s serial); INSERT INTO app.u VALUES (1),(2); CREATE VIEW app.w AS SELECT * FROM app.t; CREATE MATERIALIZED VIEW app.mw AS SELECT count(*) FROM app.t;
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.f();
GRANT SELECT ON app.t TO plain_reader; GRANT USAGE ON SCHEMA app TO plain_reader; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO plain_reader;
CREATE PUBLICATION published FOR TABLE app.t; SELECT lo_from_bytea(4711, '\x00ff'); COMMENT ON LARGE OBJECT 4711 IS 'mine';
CREATE TABLE app.p (k int, v int) PARTITION BY LIST (k); CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES IN (1); INSERT INTO app.p VALUES (1,1);
ALTER TABLE app.u ENABLE ROW LEVEL SECURITY; CREATE POLICY pp ON app.u USING (false); CREATE EXTENSION hstore SCHEMA app;
