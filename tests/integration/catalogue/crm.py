"""A legacy CRM with something to find in nearly every table, and the values that must not turn up anywhere else."""

from __future__ import annotations

SECRET_VALUES = (
    "anna.verbeek@example.com",
    "hidden.person@example.org",
    "+31612345678",
    "NL91ABNA0417164300",
    "123456782",
    "$2b$12$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0",
    "wouter.bos@example.net",
)
ANNA, HIDDEN, PHONE, IBAN, BSN, HASH, INSIDE = SECRET_VALUES

SCHEMA = f"""
CREATE SCHEMA crm;
CREATE TABLE crm.contact (id int PRIMARY KEY, c1 text, c2 text, c3 text, born date, family text);
INSERT INTO crm.contact
  SELECT g, 'user' || g || '@example.com', '+3161234' || lpad(g::text, 4, '0'), 'x', '1980-01-01', 'v'
  FROM generate_series(10, 300) g;
INSERT INTO crm.contact VALUES (1, '{ANNA}', '{PHONE}', 'x', '1980-01-01', 'Verbeek');
CREATE TABLE crm.invoice (id int PRIMARY KEY, contact_id int, amount numeric(12,2), reference bigint);
INSERT INTO crm.invoice SELECT g, CASE g % 2 WHEN 0 THEN 1 ELSE 10 END, g * 1.5, 10000000 + g * 7919
  FROM generate_series(1, 300) g;
INSERT INTO crm.invoice VALUES (301, 999999, 1, 1), (302, 999999, 1, 2);
ALTER TABLE crm.invoice ADD CONSTRAINT to_contact FOREIGN KEY (contact_id) REFERENCES crm.contact NOT VALID;
CREATE TABLE crm.note (id int PRIMARY KEY, body text);
INSERT INTO crm.note SELECT g, 'the parcel came back' FROM generate_series(1, 199) g;
INSERT INTO crm.note VALUES (200, 'he asked to write to {HIDDEN} instead');
CREATE TABLE crm.event (id int PRIMARY KEY, payload jsonb);
INSERT INTO crm.event SELECT g, jsonb_build_object('kind', 'click', 'who', jsonb_build_array(jsonb_build_object('v',
  'user' || g || '@example.com'))) FROM generate_series(1, 50) g;
INSERT INTO crm.event VALUES (100, '{{"kind": "pay", "iban": "{IBAN}", "by": {{"{INSIDE}": 1}}}}');
CREATE TABLE crm.account (id int PRIMARY KEY, nick text, c9 text);
INSERT INTO crm.account SELECT g, 'n' || g, '{HASH}' FROM generate_series(1, 30) g;
CREATE TABLE crm.product (id int PRIMARY KEY, name text, ean text);
INSERT INTO crm.product SELECT g, 'Chair ' || g, lpad((g * 7919)::text, 8, '4') FROM generate_series(1, 100) g;
CREATE TABLE crm.product_copy AS SELECT * FROM crm.product;
CREATE TABLE crm.keyless (a int, b text);
INSERT INTO crm.keyless VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, NULL), (2, NULL);
CREATE TABLE crm.coded (id int PRIMARY KEY, code text UNIQUE);
INSERT INTO crm.coded VALUES (1, 'a'), (2, NULL), (3, NULL);
CREATE INDEX coded_broken ON crm.coded (id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'crm.coded_broken'::regclass;
CREATE TABLE crm.tmp_export (x text);
CREATE TABLE crm.customer_bak_20190304 (email text);
CREATE TABLE crm.log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE crm.log_2019 PARTITION OF crm.log FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE crm.log_2020 PARTITION OF crm.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO crm.log SELECT '2019-05-05', 'logged in from 203.0.113.' || g FROM generate_series(1, 60) g;
INSERT INTO crm.log SELECT '2020-05-05', 'nothing' FROM generate_series(1, 60) g;
CREATE VIEW crm.mail AS SELECT c1 FROM crm.contact;
CREATE MATERIALIZED VIEW crm.mail_kept AS SELECT c1 FROM crm.contact;
CREATE TABLE crm.citizen (id int PRIMARY KEY, number_a text);
INSERT INTO crm.citizen VALUES (1, '{BSN}'), (2, '111222333'), (3, '100000009'), (4, '100000010'), (5, '123456790');
INSERT INTO crm.citizen VALUES (6, '100000022'), (7, '100000034'), (8, '100000046'), (9, '100000058');
ANALYZE;
"""
