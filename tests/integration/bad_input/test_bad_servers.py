"""Targets, sandboxes and workers that cannot take the copy: named, before anything is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from demo.postgres import THROWAWAY, PostgresServer
from services.legacy import shop_spec
from services.old_postgres import DEBIAN_15, old_server
from services.places import Places, run_sql
from services.retirement import Retirement, connection
from services.scheduling import go_on
from sunset.database.postgres import places as preflight_places
from sunset.database.postgres import preflight_servers
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.scope import Scope

pytestmark = pytest.mark.integration

OCCUPANTS = {
    "a table of the same name": ("CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)", "shop.orders"),
    "another table": ("CREATE SCHEMA shop; CREATE TABLE shop.other (id int)", "shop.other"),
    "a view": ("CREATE SCHEMA shop; CREATE VIEW shop.open_orders AS SELECT 1", "shop.open_orders"),
    "a function": ("CREATE SCHEMA shop; CREATE FUNCTION shop.f() RETURNS int RETURN 1", "shop.f()"),
    "a type": ("CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ()", "shop.mood"),
    "a sequence": ("CREATE SCHEMA shop; CREATE SEQUENCE shop.ticket", "shop.ticket"),
    "an empty schema": ("CREATE SCHEMA shop", "shop"),
}


@pytest.mark.parametrize(("statement", "named"), OCCUPANTS.values(), ids=OCCUPANTS.keys())
def test_a_target_that_is_not_empty(places: Places, statement: str, named: str) -> None:
    run_sql(places.target, statement)
    error = places.refused()
    assert "target_not_empty: target: the target already holds" in str(error)
    assert named in str(error)


def test_an_extension_that_only_the_target_has(places: Places) -> None:
    run_sql(places.target, "CREATE EXTENSION citext")
    assert "extension_unexpected: citext" in str(places.refused())


def test_a_sandbox_login_that_may_not_make_databases(
    places: Places, make_login: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    login = make_login(places.target)
    monkeypatch.setenv("AIRFLOW_CONN_SANDBOX_DB", connection(login.on("postgres")))
    assert "sandbox_rights: sandbox: the sandbox login 'limited_0' may not create databases" in str(places.refused())


def test_a_target_login_that_may_not_make_schemas(
    places: Places, make_login: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", connection(make_login(places.target)))
    error = places.refused()
    assert "target_not_writable: target: the target does not let 'limited_0' create schemas" in str(error)


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A second server of the same version, without the roles of the first."""
    server = PostgresServer.start(tmp_path_factory.mktemp("other"), THROWAWAY)
    yield server.endpoint
    server.stop()


@pytest.mark.parametrize("part", ["target", "sandbox"])
@pytest.mark.parametrize(
    "needs",
    [
        "ALTER TABLE shop.clicks OWNER TO {}",
        "GRANT SELECT ON shop.clicks TO {}",
        "GRANT SELECT (page) ON shop.clicks TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO {}",
        "CREATE POLICY p ON shop.clicks TO {}",
    ],
)
def test_a_role_that_the_other_server_does_not_have(
    places: Places,
    other_server: Endpoint,
    make_login: Callable[..., Endpoint],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    needs: str,
) -> None:
    make_login(places.source, needs)
    monkeypatch.setenv(f"AIRFLOW_CONN_{part.upper()}_DB", connection(other_server))
    error = places.refused()
    assert "role_missing: limited_0: owns objects or holds grants on the source" in str(error)
    assert f"does not exist on the {part} server" in str(error)


def test_a_role_that_only_other_schemas_need_is_no_matter(
    places: Places, other_server: Endpoint, make_login: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_login(
        places.source,
        "CREATE SCHEMA elsewhere AUTHORIZATION {}",
        "CREATE TABLE elsewhere.t (id int)",
        "GRANT SELECT ON elsewhere.t TO {}",
    )
    monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", connection(other_server))
    run = Retirement(shop_spec(places.folder), "dry_run")
    assert go_on(run) == {}


@pytest.mark.skipif(not (DEBIAN_15 / "postgres").exists(), reason="no PostgreSQL 15 server on this machine")
@pytest.mark.parametrize("part", ["target", "sandbox"])
def test_a_server_older_than_the_source(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    with old_server() as old:
        monkeypatch.setenv(f"AIRFLOW_CONN_{part.upper()}_DB", connection(old))
        error = places.refused()
    assert f"server_older: {part}: PostgreSQL 15 is older than the source's 18" in str(error)


def test_a_version_that_is_too_old_by_what_the_server_says(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = iter([180006, 170002, 160001])
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", property(lambda info: next(versions, 180006)))
    with connect(places.source, "tests") as link:
        looked = preflight_places.Places(link, link, link, link, Scope(), places.folder)
        found = list(preflight_servers.versions(looked))
    assert [(each.code, each.subject) for each in found] == [("server_older", "target"), ("server_older", "sandbox")]


def test_not_enough_disk_for_the_backup(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=2**20))
    error = places.refused()
    assert f"disk: {places.folder / 'work'}: 0.0 GiB free, and the backup of" in str(error)


def test_what_belongs_to_the_database_itself_is_named_as_not_carried(places: Places) -> None:
    name = f'"{places.source.database}"'
    run_sql(
        places.server,
        f"ALTER DATABASE {name} SET search_path = shop",
        f"ALTER DATABASE {name} SET app.jwt_secret = 'S3cr3t'",
        f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC",
        f"COMMENT ON DATABASE {name} IS 'The old shop'",
    )
    run = Retirement(shop_spec(places.folder), "dry_run")
    assert go_on(run) == {}
    record = run.dossier.latest("assess", "shop")
    assert record is not None
    named = [(each["subject"], each["severity"]) for each in record["findings"] if each["code"] == "not_carried"]
    database = (places.source.database, "warning")
    assert record["findings"]
    assert "S3cr3t" not in str(run.dossier.latest("discover", "shop"))
    assert sorted(named) == sorted([("app.jwt_secret", "warning"), ("search_path", "warning"), database, database])
    assert "S3cr3t" not in str(record)


def test_two_sources_that_bring_the_same_table_to_one_database(
    places: Places, make_database: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = make_database("again")
    run_sql(again, "CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)")
    monkeypatch.setenv("AIRFLOW_CONN_AGAIN_DB", connection(again))
    monkeypatch.setenv("AIRFLOW_CONN_ALIAS_DB", connection(replace(places.target, host="localhost")))
    second = "{name: again, conn_id: again_db, target_conn_id: alias_db, sandbox_conn_id: sandbox_db, schemas: [shop]}"
    run = Retirement(
        shop_spec(places.folder, **{"schemas: [shop]}": f"schemas: [shop]}}\n    - {second}"}),
        "rehearse",
    )
    with places.untouched():
        errors = go_on(run)
    said = [str(error) for task, error in errors.items() if task.startswith("assess")]
    assert len(said) == 2
    assert "target_shared: shop: the source 'again' goes to the same database" in said[0]
    assert "target_shared: shop: the source 'shop' goes to the same database" in said[1]
