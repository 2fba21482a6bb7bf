"""What the preflight finds on real servers: each finding where there is reason for it, and none where there is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from demo.postgres import THROWAWAY, PostgresServer
from services.databases import Databases
from services.old_postgres import DEBIAN_15, old_server
from services.places import run_sql
from sunset.database.postgres import preflight_rows
from sunset.database.postgres.budget import Budget
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.places import Places
from sunset.database.postgres.preflight import preflight
from sunset.database.postgres.scope import Scope
from sunset.engine import Finding

pytestmark = pytest.mark.integration

SOUND = """
CREATE TABLE public.parent (id int PRIMARY KEY, code text UNIQUE, n int NOT NULL CHECK (n >= 0));
CREATE TABLE public.child (id int PRIMARY KEY, parent int REFERENCES public.parent);
INSERT INTO public.parent SELECT g, 'c' || g, g FROM generate_series(1, 3000) g;
INSERT INTO public.child SELECT g, g FROM generate_series(1, 3000) g;
ANALYZE;
"""


@dataclass(frozen=True)
class Pair:
    """A source and an empty target; the target's server is the sandbox."""

    source: Endpoint
    target: Endpoint
    folder: Path

    def findings(self, **scope: Any) -> list[Finding]:
        return list(self.look(preflight, **scope))

    def look(self, check: Callable[[Places], Any], **scope: Any) -> Any:
        with read_only(self.source, "tests") as source, read_only(self.target, "tests") as target:
            return list(check(Places(source, source, target, target, Scope(**scope), self.folder)))

    def found(self, code: str, **scope: Any) -> list[tuple[str, str, str]]:
        return [(each.severity, each.subject, each.message) for each in self.findings(**scope) if each.code == code]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    settings = {**THROWAWAY, "wal_level": "logical", "max_prepared_transactions": "5"}
    started = PostgresServer.start(tmp_path_factory.mktemp("preflight"), settings)
    yield started
    started.stop()


@pytest.fixture
def pair(server: PostgresServer, tmp_path: Path) -> Iterator[Pair]:
    databases = Databases(server.endpoint)
    made = Pair(databases.make("source"), databases.make("target"), tmp_path)
    run_sql(made.source, SOUND)
    yield made
    databases.drop_all()


def test_a_sound_source_has_estimates_and_nothing_else(pair: Pair) -> None:
    findings = pair.findings()
    assert {(each.severity, each.code) for each in findings} == {("info", "estimate")}
    assert [each.subject for each in findings] == ["copy", "indexes", "room on the target", "validation"]
    assert all((each.seconds is None) == (each.subject == "room on the target") for each in findings)
    assert all(0 <= each.seconds < 60 for each in findings if each.seconds is not None)


def test_the_spec_s_limit_of_rows_makes_the_estimate_longer(pair: Pair) -> None:
    (copy,) = (each for each in pair.findings(rows_per_second=10) if each.subject == "copy")
    assert copy.seconds == 600.0


def test_an_empty_database_has_no_time_to_estimate(pair: Pair) -> None:
    run_sql(pair.source, "DROP TABLE public.child, public.parent")
    assert [each.subject for each in pair.findings()] == ["room on the target"]


def test_orphans_are_counted_by_constraint(pair: Pair) -> None:
    run_sql(
        pair.source,
        """
        SET session_replication_role = replica; DELETE FROM public.parent WHERE id <= 7; RESET session_replication_role;
        CREATE TABLE public.late (parent int); INSERT INTO public.late VALUES (1), (2), (9), (NULL);
        ALTER TABLE public.late ADD CONSTRAINT late_fk FOREIGN KEY (parent) REFERENCES public.parent NOT VALID;
        """,
    )
    assert pair.found("orphans") == [
        (
            "error",
            "public.child",
            "foreign key child_parent_fkey: 7 rows refer to none; the key cannot be made on the target.",
        ),
        (
            "warning",
            "public.late",
            "foreign key late_fk: 2 rows break it; it is NOT VALID, and stays so on the target.",
        ),
    ]


def test_doubles_that_a_broken_index_let_in_are_counted(pair: Pair) -> None:
    run_sql(
        pair.source,
        """
        UPDATE pg_index SET indisready = false WHERE indexrelid = 'public.parent_code_key'::regclass;
        INSERT INTO public.parent VALUES (9001, 'c1', 1), (9002, 'c1', 1);
        UPDATE pg_index SET indisready = true WHERE indexrelid = 'public.parent_code_key'::regclass;
        """,
    )
    ((severity, table, message),) = pair.found("doubles")
    assert (severity, table) == ("error", "public.parent")
    assert "parent_code_key: 2 rows are doubles" in message
    assert "c1" not in message


def test_checks_that_rows_break(pair: Pair) -> None:
    run_sql(
        pair.source,
        "ALTER TABLE public.parent ADD CONSTRAINT even CHECK (n % 2 = 0) NOT VALID;"
        "ALTER TABLE public.parent ADD CONSTRAINT holds CHECK (n < 5000) NOT VALID",
    )
    ((severity, table, message),) = pair.found("rule_broken")
    assert (severity, table) == ("warning", "public.parent")
    assert message.startswith("check even: 1500 rows")


def test_reading_rows_ends_in_time_and_says_what_it_left(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_rows, "SECONDS", 0.0)
    ((severity, table, message),) = pair.found("not_looked_at")
    assert (severity, table) == ("info", "public.child")
    assert "1 more tables" in message


def test_a_budget_ends_a_query_and_keeps_the_session_s_own_limit(pair: Pair) -> None:
    from psycopg import sql

    sleep, limit = sql.SQL("SELECT pg_sleep(20)").format(), sql.SQL("SHOW statement_timeout").format()
    with read_only(pair.source, "tests", {"statement_timeout": "200ms"}) as connection:
        budget = Budget(60.0)
        assert budget.ask(connection, "first", sleep) is None
        assert budget.ask(connection, "second", limit) == [("200ms",)]
        assert budget.left_out == ["first"]
        assert Budget(0.1).ask(connection, "third", sleep) is None
        assert connection.execute("SHOW statement_timeout").fetchone() == ("200ms",)


def test_nothing_is_read_of_a_source_that_may_not_be_read(pair: Pair, server: PostgresServer) -> None:
    run_sql(server.endpoint, "DROP ROLE IF EXISTS stranger")
    run_sql(server.endpoint, f"CREATE ROLE stranger LOGIN PASSWORD '{server.endpoint.password}'")
    stranger = replace(pair, source=replace(pair.source, user="stranger"))
    codes = {each.code for each in stranger.findings()}
    assert "not_readable" in codes
    assert "estimate" not in codes
    run_sql(server.endpoint, "DROP ROLE stranger")


def test_prepared_transactions_are_named(pair: Pair) -> None:
    run_sql(pair.source, "BEGIN; INSERT INTO public.child VALUES (9001, 1); PREPARE TRANSACTION 'left open'")
    ((severity, name, _),) = pair.found("prepared_transaction")
    assert (severity, name) == ("warning", "left open")
    run_sql(pair.source, "ROLLBACK PREPARED 'left open'")
    assert pair.found("prepared_transaction") == []


def test_replication_slots_of_others_are_named(pair: Pair) -> None:
    run_sql(pair.source, "SELECT pg_create_logical_replication_slot('warehouse', 'pgoutput')")
    run_sql(pair.source, "SELECT pg_create_logical_replication_slot('sunset_follow_x', 'pgoutput')")
    try:
        assert [(severity, name) for severity, name, _ in pair.found("slot")] == [("warning", "warehouse")]
    finally:
        for name in ("warehouse", "sunset_follow_x"):
            run_sql(pair.source, f"SELECT pg_drop_replication_slot('{name}')")


def test_columns_that_mean_something_on_this_server_alone(pair: Pair) -> None:
    run_sql(
        pair.source,
        "CREATE DOMAIN public.thing AS regclass; CREATE TABLE public.risky (a public.thing, b oid[], c int)",
    )
    assert [(severity, column) for severity, column, _ in pair.found("type_at_risk")] == [
        ("warning", "public.risky.a"),
        ("info", "public.risky.b"),
    ]


def test_money_under_another_setting(pair: Pair) -> None:
    run_sql(pair.source, "CREATE TABLE public.till (m money)")
    assert pair.found("money") == []
    run_sql(pair.source, f"ALTER DATABASE \"{pair.source.database}\" SET lc_monetary = 'C.UTF-8'")
    ((severity, column, message),) = pair.found("money")
    assert (severity, column) == ("warning", "public.till.m")
    assert "C.UTF-8" in message


def test_routines_of_a_library_and_the_rights_that_they_take(pair: Pair, server: PostgresServer) -> None:
    run_sql(
        pair.source,
        "CREATE FUNCTION public.hash(text) RETURNS int LANGUAGE c AS '$libdir/citext', 'citext_hash'",
    )
    ((severity, language, message),) = pair.found("library")
    assert (severity, language) == ("warning", "c")
    assert "$libdir/citext" in message
    assert pair.found("language") == pair.found("target_rights") == []
    run_sql(server.endpoint, "DROP ROLE IF EXISTS taker")
    run_sql(server.endpoint, f"CREATE ROLE taker LOGIN CREATEDB PASSWORD '{server.endpoint.password}'")
    lesser = replace(pair, target=replace(pair.target, user="taker"))
    assert [(severity, language) for severity, language, _ in lesser.found("language")] == [("error", "c")] * 2
    assert [(severity, owner) for severity, owner, _ in lesser.found("target_rights")] == [("error", "postgres")]
    run_sql(server.endpoint, "DROP ROLE taker")


def test_bytes_that_are_no_text_are_counted(server: PostgresServer, tmp_path: Path) -> None:
    databases = Databases(server.endpoint)
    names = {"source": "raw", "target": "raw_target"}
    for name in names.values():
        run_sql(
            server.endpoint,
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0",
        )
    made = Pair(server.endpoint.on("raw"), server.endpoint.on("raw_target"), tmp_path)
    run_sql(
        made.source,
        "CREATE TABLE public.t (id int, s text); INSERT INTO public.t VALUES (1, 'Zürich 日本 😀'), (2, 'a')",
    )
    assert made.found("bytes") == made.found("encoding") == []
    for number, bad in enumerate(("c3", "80", "c080", "eda080", "f4908080", "fe", "61e28261"), 3):
        run_sql(made.source, f"INSERT INTO public.t VALUES ({number}, convert_from('\\x{bad}', 'SQL_ASCII'))")
    ((severity, table, message),) = made.found("bytes")
    assert (severity, table) == ("error", "public.t")
    assert message.startswith("7 rows hold bytes")
    for name in names.values():
        run_sql(server.endpoint, f"DROP DATABASE {name}")
    databases.drop_all()


def test_another_encoding_is_an_error(pair: Pair, server: PostgresServer) -> None:
    run_sql(
        server.endpoint,
        "CREATE DATABASE western ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0",
    )
    western = replace(pair, source=server.endpoint.on("western"))
    ((severity, subject, message),) = western.found("encoding")
    assert (severity, subject) == ("error", "target")
    assert "LATIN1" in message
    run_sql(server.endpoint, "DROP DATABASE western")


@pytest.fixture(scope="module")
def old() -> Iterator[Endpoint]:
    if not DEBIAN_15.exists():
        pytest.skip("needs PostgreSQL 15 of the distribution")
    with old_server() as endpoint:
        yield endpoint


def test_what_a_newer_server_of_another_build_does_not_have(old: Endpoint, pair: Pair) -> None:
    run_sql(old, "CREATE DATABASE legacy")
    source = old.on("legacy")
    run_sql(
        source,
        """
        CREATE COLLATION public.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE public.t (k text COLLATE public.ci PRIMARY KEY, x xml, s text COLLATE "de-x-icu");
        INSERT INTO public.t VALUES ('a', '<a/>', 'b');
        """,
    )
    moving = replace(pair, source=source)
    assert [(severity, name) for severity, name, _ in moving.found("collation_missing")] == [
        ("error", 'pg_catalog."de-x-icu"'),
        ("error", 'pg_catalog."de-x-icu"'),
        ("error", "public.ci"),
        ("error", "public.ci"),
    ]
    assert [(severity, column) for severity, column, _ in moving.found("xml")] == [("error", "public.t.x")] * 2
    staying = Pair(source, old, pair.folder)
    assert staying.found("collation_missing") == staying.found("xml") == []


def test_collations_that_were_made_by_an_older_library(old: Endpoint, pair: Pair) -> None:
    run_sql(old, "CREATE DATABASE aged")
    source = old.on("aged")
    run_sql(source, "CREATE COLLATION public.fresh (provider = icu, locale = 'de')")
    staying = Pair(source, old, pair.folder)
    assert staying.found("collation_version") == []
    run_sql(source, "CREATE COLLATION public.aged (provider = icu, locale = 'de', version = '1')")
    assert [(severity, name) for severity, name, _ in staying.found("collation_version")] == [
        ("warning", "public.aged")
    ]


def test_nothing_is_written(pair: Pair) -> None:
    count = "SELECT xact_commit, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = %s"
    with connect(pair.source.on("postgres"), "tests") as watching:
        before = watching.execute(count, [pair.source.database]).fetchone()
        pair.findings()
        after = watching.execute(count, [pair.source.database]).fetchone()
    assert before is not None
    assert after is not None
    assert after[1] == before[1]
    assert after[0] > before[0]
