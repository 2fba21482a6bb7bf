"""Keys of many tables made at once: the same as one after the other, whatever stands in their definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.keys import make_keys
from sunset.database.postgres.post_data import post_data
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.tools import find_tools
from sunset.engine import Pack
from sunset.errors import Refusal

pytestmark = pytest.mark.integration

SCHEMA = r"""
CREATE SCHEMA s; CREATE SCHEMA "S . p";
CREATE TABLE s.parent (id int PRIMARY KEY, "a, b" int, "c" text, UNIQUE ("a, b", "c"));
CREATE TABLE "S . p"."child ""x"" y" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent int, a int, c text,
  CONSTRAINT "to (parent)" FOREIGN KEY (parent) REFERENCES s.parent ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT two FOREIGN KEY (a, c) REFERENCES s.parent ("a, b", "c") MATCH FULL);
CREATE INDEX ON "S . p"."child ""x"" y" (lower(c)) INCLUDE (a) WITH (fillfactor = 70);
ALTER TABLE "S . p"."child ""x"" y" ADD CONSTRAINT not_looked_at FOREIGN KEY (a) REFERENCES s.parent NOT VALID;
COMMENT ON CONSTRAINT two ON "S . p"."child ""x"" y" IS 'goes with the key';
CREATE TABLE s.parts (id int, at date, parent int REFERENCES s.parent, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE s.parts_1 PARTITION OF s.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE s.parts_2 PARTITION OF s.parts DEFAULT;
CREATE INDEX ON s.parts (parent);
CREATE TABLE s.to_parts (id int PRIMARY KEY, part int, at date, FOREIGN KEY (part, at) REFERENCES s.parts);
CREATE TABLE s.bare (x int);
CREATE MATERIALIZED VIEW s.grouped AS SELECT id, "c" AS c FROM s.parent GROUP BY id;
CREATE UNIQUE INDEX ON s.grouped (id);
ALTER TABLE s.parent CLUSTER ON parent_pkey;
ALTER TABLE s.to_parts REPLICA IDENTITY USING INDEX to_parts_pkey;
CREATE STATISTICS s.together ON "a, b", "c" FROM s.parent;
INSERT INTO s.parent SELECT i, i, 'c' || i FROM generate_series(1, 500) AS i;
INSERT INTO "S . p"."child ""x"" y" (parent, a, c) SELECT 1 + i % 500, 1 + i % 500, 'c' || 1 + i % 500
  FROM generate_series(1, 900) AS i;
INSERT INTO s.parts SELECT i, date '2023-12-01' + i, i FROM generate_series(1, 100) AS i;
INSERT INTO s.to_parts SELECT i, i, date '2023-12-01' + i FROM generate_series(1, 100) AS i;
"""
FAKE_ENTRY = """
CREATE INDEX faked ON s.bare (x) WHERE x::text <> E'a\\n--\\n-- Name: y; Type: INDEX; Schema: s; Owner: o\\n--\\n\\nb';
"""
LATE_FUNCTION = """
CREATE FUNCTION s.late(int) RETURNS bigint IMMUTABLE LANGUAGE sql
  BEGIN ATOMIC SELECT count(*) + $1 FROM (SELECT id, "c" FROM s.parent GROUP BY id) AS q; END;
"""


def engine_of(source: Endpoint, target: Endpoint, folder: Path) -> PostgresEngine:
    return PostgresEngine("s", "shop", "run", source, source, target, target, Scope(parallel=3), folder)


def copied(engine: PostgresEngine, folder: Path) -> None:
    engine.dump_schema(folder)
    engine.prepare(folder)
    engine.copy(Pack("all", tuple(engine.units(engine.tables()))), lambda _: None)


@pytest.fixture
def made(make_database: Callable[..., Endpoint], tmp_path: Path) -> Callable[[str], PostgresEngine]:
    def make(more: str) -> PostgresEngine:
        source = make_database("source")
        with connect(source, "tests") as link:
            link.execute((SCHEMA + more).encode())
        engine = engine_of(source, make_database("target"), tmp_path)
        copied(engine, tmp_path)
        return engine

    return make


@pytest.mark.parametrize(("more", "apart"), [("", True), (FAKE_ENTRY, False), (LATE_FUNCTION, False)])
def test_every_object_is_there(
    made: Callable[[str], PostgresEngine], tmp_path: Path, more: str, *, apart: bool
) -> None:
    engine = made(more)
    parts = post_data(find_tools(18), tmp_path / "schema.dump", set(engine.tables()))
    assert any("ADD CONSTRAINT" in each.script for each in parts.keys) is apart
    assert {key.name for key in parts.foreign_keys} == ({'"to (parent)"', "two"} if apart else set())
    engine.complete(tmp_path)
    assert engine.facts() == engine.source_facts()


def test_done_again_it_does_nothing(made: Callable[[str], PostgresEngine], tmp_path: Path) -> None:
    engine = made("")
    first = engine.complete(tmp_path)
    assert engine.complete(tmp_path) == first
    assert engine.facts() == engine.source_facts()


def test_it_goes_on_where_it_was_killed(made: Callable[[str], PostgresEngine], tmp_path: Path) -> None:
    engine = made("")
    parts = post_data(find_tools(18), tmp_path / "schema.dump", set(engine.tables()))
    broken = [replace(each, script=each.script + "SELECT 1/0;") for each in parts.keys]
    transfer = engine._transfer
    with pytest.raises(Refusal, match="division"):  # whole or not at all: nothing of this table stays
        make_keys(transfer._writing, 1, transfer._checkpoint("frozen"), broken[:1])
    transfer.make_keys(parts.keys[1:3])
    engine.complete(tmp_path)
    assert engine.facts() == engine.source_facts()


def test_a_foreign_key_that_rows_break_is_named_and_validated_later(
    made: Callable[[str], PostgresEngine], tmp_path: Path
) -> None:
    engine = made("")
    with connect(engine.target, "tests") as link:
        lost = link.execute("DELETE FROM s.parent WHERE id = 300 RETURNING *").fetchone()
    with pytest.raises(Refusal, match="to \\(parent\\)"):
        engine.complete(tmp_path)
    with connect(engine.target, "tests") as link:
        link.execute("INSERT INTO s.parent VALUES (%s, %s, %s)", lost)
    engine.complete(tmp_path)
    assert engine.facts() == engine.source_facts()
