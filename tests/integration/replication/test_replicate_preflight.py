"""What is said before a following begins, and that the password of the source shows nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.places import run_sql
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.replication.bounds import Bounds
from sunset.database.postgres.replication.replication import Replication
from sunset.database.postgres.scope import Scope
from sunset.engine import Finding, Pack

if TYPE_CHECKING:
    from demo.postgres import PostgresServer

pytestmark = pytest.mark.integration

_BAD = """
CREATE TABLE nameless (a int);
CREATE TABLE whole (a int);
ALTER TABLE whole REPLICA IDENTITY FULL;
CREATE TABLE blind (a json);
ALTER TABLE blind REPLICA IDENTITY FULL;
CREATE UNLOGGED TABLE forgetful (a int PRIMARY KEY);
CREATE TABLE late (a int PRIMARY KEY DEFERRABLE);
CREATE TABLE made (a int, b int GENERATED ALWAYS AS (a + 1) STORED NOT NULL UNIQUE);
ALTER TABLE made REPLICA IDENTITY USING INDEX made_b_key;
CREATE TABLE parts (a int) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE fine (a int PRIMARY KEY);
SELECT lo_from_bytea(0, 'x');
"""
MakeDatabase = Callable[..., Endpoint]


def replication(source: Endpoint, target: Endpoint, folder: Path) -> Replication:
    engine = PostgresEngine("bad", "bad", "run", source, source, target, target, Scope(), folder)
    return Replication(engine, source, Bounds(2**30))


def said(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(finding.severity, finding.code, finding.subject) for finding in findings}


def test_every_obstacle_is_named(make_database: MakeDatabase, tmp_path: Path) -> None:
    source, target = make_database("bad"), make_database("target")
    with connect(source, "tests", {"search_path": "public"}) as link:
        link.execute(_BAD.encode())
    found = said(replication(source, target, tmp_path).assess())
    assert {
        ("error", "no_replica_identity", "public.nameless"),
        ("error", "no_replica_identity", "public.late"),
        ("error", "no_replica_identity", "public.parts_1"),
        ("warning", "identity_full", "public.whole"),
        ("error", "identity_incomparable", "public.blind"),
        ("error", "unlogged", "public.forgetful"),
        ("error", "identity_generated", "public.made"),
        ("error", "large_objects_move", source.database),
        ("warning", "slot_unbounded", "max_slot_wal_keep_size"),
        ("info", "not_replicated", source.database),
    } <= found
    assert not [subject for _, _, subject in found if subject == "public.fine"]


def test_rights_are_looked_at_and_tried(make_database: MakeDatabase, tmp_path: Path) -> None:
    source, target = make_database("mine"), make_database("target")
    run_sql(source, "CREATE TABLE public.theirs (a int PRIMARY KEY)")
    run_sql(source, "DROP ROLE IF EXISTS nobody_here", "CREATE ROLE nobody_here LOGIN PASSWORD 'weak'")
    run_sql(source, "GRANT SELECT ON public.theirs TO nobody_here")
    try:
        weak = [replace(place, user="nobody_here", password="weak") for place in (source, target)]
        found = said(replication(*weak, tmp_path).assess())
        subjects = {subject for _, code, subject in found if code == "replication_right"}
        assert subjects == {"source", "target", "public.theirs"}
        assert [code for _, code, _ in found].count("out_of_reach") == 1
    finally:
        run_sql(source, "DROP OWNED BY nobody_here", "DROP ROLE nobody_here")


def test_a_source_out_of_the_target_s_reach_is_found(make_database: MakeDatabase, tmp_path: Path) -> None:
    source, target = make_database("far"), make_database("target")
    away = replace(replication(source, target, tmp_path), publisher=replace(source, port=1, password="S3cr3t-there"))
    (finding,) = [finding for finding in away.assess() if finding.code == "out_of_reach"]
    assert "refused" in finding.message
    assert "S3cr3t-there" not in f"{finding}"
    wrong = replace(away, publisher=replace(source, password="S3cr3t-wrong"))
    (finding,) = [finding for finding in wrong.assess() if finding.code == "out_of_reach"]
    assert "S3cr3t-wrong" not in f"{finding}"
    with connect(target, "tests") as link:
        assert link.execute("SELECT count(*) FROM pg_subscription").fetchone() == (0,)


def test_the_target_s_log_does_not_show_the_password(
    own_server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    source = make_database("talked")
    run_sql(source, "CREATE TABLE public.t (a int PRIMARY KEY)", "INSERT INTO public.t VALUES (1)")
    server = own_server.endpoint
    run_sql(server, "ALTER SYSTEM SET log_statement = 'all'", "ALTER SYSTEM SET log_min_duration_statement = 0")
    run_sql(server, "SELECT pg_reload_conf()", "CREATE DATABASE talked")
    following = replication(source, server.on("talked"), tmp_path)
    following.assess()
    following.engine.dump_schema(tmp_path)
    following.engine.prepare(tmp_path)
    following.copy(Pack("all", tuple(following.engine.units(following.engine.tables()))), print)
    following.subscribe(tmp_path)
    following.tear_down()
    run_sql(server, "ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
    log = own_server._process.log.read_text(encoding="utf-8")
    assert "INSERT INTO sunset_checkpoint" in log  # statements were logged
    assert source.password not in log
