from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from demo import provision
from demo.databases import CONNECTIONS
from demo.services.objects import BUCKET, ObjectStore
from demo.services.ssh_keys import SshKeys
from sunset.database.postgres.endpoint import connect
from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from demo.postgres import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, own_server: PostgresServer, tmp_path: Path) -> Iterator[Path]:
    """The environment of a deployment with two people; gives the file of their passwords."""
    server, passwords = own_server.endpoint, tmp_path / "passwords.json"
    login = f"{server.user}:{quote(server.password, safe='')}"
    url = f"postgresql+psycopg2://{login}@{server.host}:{server.port}/{server.database}"
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "crm_owner:user,migration_op:op")
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
    (tmp_path / "objects").mkdir()
    (tmp_path / "ssh").mkdir()
    store = ObjectStore.start(tmp_path / "objects", tmp_path / "objects.log")
    keys = f"{store.access_key}:{quote(store.secret_key, safe='')}"
    place = f"?endpoint_url={quote(store.url, safe='')}&region_name=us-east-1"
    monkeypatch.setenv("AIRFLOW_CONN_ARCHIVE_S3", f"aws://{keys}@/{place}")
    monkeypatch.setenv("DEMO_CRM_FILES", str(tmp_path / "crm"))
    monkeypatch.setenv("DEMO_SSH_FOLDER", str(tmp_path / "ssh"))
    monkeypatch.setenv("DEMO_SFTP_HOST", "[crm-files]:2222")
    monkeypatch.setenv("CRM_OWNER_PASSWORD", "one")
    monkeypatch.setenv("MIGRATION_OP_PASSWORD", "two")
    yield passwords
    store.process.stop()


def test_second_start_leaves_alone_what_is_there(configured: Path, own_server: PostgresServer, tmp_path: Path) -> None:
    (tmp_path / "objects" / BUCKET).rmdir()
    provision.main()
    known = (tmp_path / "ssh" / "known_hosts").read_text()
    assert known == f"[crm-files]:2222 {SshKeys(tmp_path / 'ssh').host_name}\n"
    assert (tmp_path / "objects" / BUCKET).is_dir()
    (tmp_path / "crm" / "attachments" / "2019" / "11" / "Angebot für Müller\n(Kopie 2).pdf").unlink()
    with connect(own_server.endpoint.on("legacy_helpdesk"), "test") as connection:
        connection.execute("DELETE FROM public.replies WHERE id = 1")
    provision.main()
    with connect(own_server.endpoint.on("legacy_helpdesk"), "test") as connection:
        assert connection.execute("SELECT count(*) FROM public.replies WHERE id = 1").fetchone() == (0,)
    assert not (tmp_path / "crm" / "attachments" / "2019" / "11" / "Angebot für Müller\n(Kopie 2).pdf").exists()
    assert (tmp_path / "ssh" / "known_hosts").read_text() == known
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
