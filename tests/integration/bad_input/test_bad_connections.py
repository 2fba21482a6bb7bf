"""Connections that are missing, wrong or not enough: named, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement, connection
from services.scheduling import go_on
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Refusal, SunsetError, Unavailable

pytestmark = pytest.mark.integration

PARTS = ("shop_db", "target_db", "sandbox_db")


@pytest.mark.parametrize("part", [*PARTS, "archive_store"])
def test_an_unknown_connection(places: Places, part: str) -> None:
    error = places.refused(**{part: "nope"})
    assert "connection 'nope': Airflow knows no connection of this id." in str(error)


@pytest.mark.parametrize("part", PARTS)
def test_a_wrong_password(places: Places, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = {"shop_db": places.source, "target_db": places.target, "sandbox_db": places.server}[part]
    monkeypatch.setenv(f"AIRFLOW_CONN_{part.upper()}", connection(replace(right, password="wrong-Pa55word")))
    error = places.refused()
    assert isinstance(error, Refusal)
    assert f"{right}: the server refused the login as 'postgres': " in str(error)
    assert "wrong-Pa55word" not in repr(error)


@pytest.mark.parametrize("part", PARTS)
def test_a_connection_of_another_type(places: Places, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        f"AIRFLOW_CONN_{part.upper()}", json.dumps({"conn_type": "ftp", "host": "h", "password": "Pa55"})
    )
    error = places.refused()
    assert f"connection {part!r}: is of type 'ftp'" in str(error)


@pytest.mark.parametrize("missing", ["host", "login", "schema"])
def test_a_connection_that_lacks_a_part(places: Places, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.loads(connection(places.target))
    monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", json.dumps({**whole, missing: ""}))
    assert "connection 'target_db': needs a host, a login and a database" in str(places.refused())


@pytest.mark.parametrize("part", PARTS)
def test_a_database_that_does_not_exist(places: Places, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{part.upper()}", connection(places.server.on("not_there")))
    assert 'database "not_there" does not exist' in str(places.refused())


@pytest.mark.parametrize("part", PARTS)
def test_a_server_that_does_not_answer(places: Places, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{part.upper()}", connection(replace(places.source, port=9)))
    error = places.refused()
    assert isinstance(error, Unavailable)
    assert "127.0.0.1:9/" in str(error)


def test_the_target_is_the_source(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", connection(places.source))
    assert "target_not_empty" in str(places.refused())


READER = ("GRANT USAGE ON SCHEMA shop TO {}", "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {}",
          "GRANT SELECT ON ALL SEQUENCES IN SCHEMA shop TO {}")  # fmt: skip


@pytest.mark.parametrize(
    ("taken", "named"),
    [
        ("REVOKE SELECT ON shop.customers FROM {}", "shop.customers"),
        ("REVOKE SELECT ON shop.events_2024 FROM {}", "shop.events_2024"),
        ("REVOKE SELECT ON shop.events FROM {}", "shop.events"),
        ("REVOKE SELECT ON SEQUENCE shop.ticket FROM {}", "shop.ticket"),
        ("REVOKE USAGE ON SCHEMA shop FROM {}", "shop.clicks"),
        ("REVOKE SELECT ON shop.tmp_import FROM {}", "shop.tmp_import"),
    ],
)
def test_no_permission_to_read(
    places: Places, make_login: Callable[..., Endpoint], taken: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = make_login(places.source, *READER, taken)
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", connection(login))
    error = places.refused()
    assert isinstance(error, SunsetError)
    assert f"not_readable: {named}: the login 'limited_0' may not read it" in str(error)


def test_a_login_that_may_read_everything_is_let_through(
    places: Places, make_login: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", connection(make_login(places.source, *READER)))
    run = Retirement(shop_spec(places.folder), "rehearse")
    assert go_on(run) == {}


@pytest.mark.parametrize("forced", [False, True])
def test_row_security_that_hides_rows(
    places: Places, make_login: Callable[..., Endpoint], forced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide = ["ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY", "CREATE POLICY few ON shop.orders USING (id < 10)"]
    if forced:
        hide += ["ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY", "ALTER TABLE shop.orders OWNER TO {}"]
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", connection(make_login(places.source, *READER, *hide)))
    assert "row_security: shop.orders: row security hides rows from the login 'limited_0'" in str(places.refused())
