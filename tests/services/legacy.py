"""A small legacy database with one of everything, and the spec that retires it."""

from __future__ import annotations

from pathlib import Path

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.spec import Spec, load_file

_SCHEMA = """
CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('new', 'open', 'done');
CREATE DOMAIN shop.cents AS bigint CHECK (VALUE >= 0);
CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, born date, note jsonb, photo bytea);
CREATE TABLE shop.orders (
  id int PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customers, mood shop.mood NOT NULL DEFAULT 'new',
  amount numeric(12, 2), total shop.cents, at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT amount_positive CHECK (amount > 0));
CREATE INDEX orders_at ON shop.orders (at);
CREATE TABLE shop.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE shop.events_2024 PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.events_rest PARTITION OF shop.events DEFAULT;
CREATE TABLE shop.clicks (page text, n int);
CREATE TABLE shop.nothing (id int PRIMARY KEY, v text);
CREATE TABLE shop.tmp_import (line text);
CREATE TABLE shop.settings (code text PRIMARY KEY, value text);
CREATE SEQUENCE shop.ticket START 500 INCREMENT 5;
CREATE VIEW shop.open_orders AS SELECT * FROM shop.orders WHERE mood <> 'done';
CREATE MATERIALIZED VIEW shop.per_customer AS SELECT customer_id, count(*) AS n FROM shop.orders GROUP BY 1;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TRIGGER loud BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
COMMENT ON TABLE shop.orders IS 'What was ordered';
GRANT SELECT ON shop.orders TO PUBLIC;
"""
_ROWS = """
INSERT INTO shop.customers (email, born, note, photo)
  SELECT 'c' || g || '@example.com', date '1970-01-01' + g, jsonb_build_object('n', g), decode(md5(g::text), 'hex')
  FROM generate_series(1, 200) g;
INSERT INTO shop.orders (id, customer_id, mood, amount, total)
  SELECT g, 1 + g % 200, (ARRAY['new', 'open', 'done'])[1 + g % 3]::shop.mood, g + 0.25, g
  FROM generate_series(1, 1000) g;
ALTER TABLE shop.orders ENABLE ALWAYS TRIGGER loud;
INSERT INTO shop.events SELECT date '2023-12-01' + g, 'e' || g FROM generate_series(1, 400) g;
INSERT INTO shop.clicks SELECT 'home', 1 FROM generate_series(1, 30);
INSERT INTO shop.settings VALUES ('colour', 'blue'), ('empty', ''), ('none', NULL);
INSERT INTO shop.tmp_import VALUES ('scratch');
SELECT nextval('shop.ticket'), nextval('shop.ticket');
REFRESH MATERIALIZED VIEW shop.per_customer;
"""
_SPEC = """
product: shop
title: Legacy shop
decision: {reason: Replaced by the new shop.}
people:
  crm_owner: {name: Owner, email: owner@example.com, roles: [sponsor, approver]}
  steward: {name: Steward, email: steward@example.com, roles: [steward, approver]}
  migration_op: {name: Operator, email: ops@example.com, roles: [operator]}
timeline: {freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}
sources:
  databases:
    - {name: shop, conn_id: shop_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db, schemas: [shop]}
dispositions:
  - {match: {kind: table, name: "tmp_*"}, do: destroy, because: scratch}
  - {match: {kind: "*"}, do: migrate, because: needed}
rehearsal: {mode: rehearse, clean_rounds_required: 1}
validation:
  checks:
    - {name: order total, source: shop, sql: select sum(amount) from shop.orders}
archive: {conn_id: archive_store, path: /bags}
"""


def fill(database: Endpoint) -> None:
    """Make the legacy shop in an empty database."""
    with connect(database, "tests") as connection:
        connection.execute(_SCHEMA.encode())
        connection.execute(_ROWS.encode())


def shop_spec(folder: Path, **replacements: str) -> Spec:
    """The shop's spec, with pieces of its text replaced: `shop_spec(tmp_path, **{"schemas: [shop]": "..."})`."""
    text = _SPEC
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "shop.yaml"
    path.write_text(text)
    loaded = load_file(path)
    assert not loaded.problems, loaded.problems
    return loaded.specs[0]
