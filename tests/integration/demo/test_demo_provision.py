from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from demo import provision
from demo.databases import CONNECTIONS
from sunset.database.postgres.endpoint import connect
from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from demo.postgres import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, own_server: PostgresServer, tmp_path: Path) -> Path:
    """The environment of a deployment with two people; gives the file of their passwords."""
    server, passwords = own_server.endpoint, tmp_path / "passwords.json"
    login = f"{server.user}:{quote(server.password, safe='')}"
    url = f"postgresql+psycopg2://{login}@{server.host}:{server.port}/{server.database}"
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "crm_owner:user,migration_op:op")
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
    monkeypatch.setenv("CRM_OWNER_PASSWORD", "one")
    monkeypatch.setenv("MIGRATION_OP_PASSWORD", "two")
    return passwords


def test_second_start_leaves_alone_what_is_there(configured: Path, own_server: PostgresServer) -> None:
    provision.main()
    with connect(own_server.endpoint.on("legacy_helpdesk"), "test") as connection:
        connection.execute("DELETE FROM public.replies WHERE id = 1")
    provision.main()
    with connect(own_server.endpoint.on("legacy_helpdesk"), "test") as connection:
        assert connection.execute("SELECT count(*) FROM public.replies WHERE id = 1").fetchone() == (0,)
    with connect(own_server.endpoint, "test") as connection:
        found = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
    assert set(CONNECTIONS.values()) <= found
    assert json.loads(configured.read_text()) == {"crm_owner": "one", "migration_op": "two"}


def test_missing_password_is_named(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIGRATION_OP_PASSWORD")
    with pytest.raises(Refusal) as caught:
        provision.main()
    assert caught.value.where == "MIGRATION_OP_PASSWORD"
    assert not configured.exists()
