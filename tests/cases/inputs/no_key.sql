-- DR-04: a table without a key, with exact duplicates.
CREATE SCHEMA o;
CREATE TABLE o.no_pk (a int, b text);
INSERT INTO o.no_pk SELECT g % 10, 'row' FROM generate_series(1, 5000) g;
