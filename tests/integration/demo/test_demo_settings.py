from __future__ import annotations

import json
import socket
from subprocess import Popen
from typing import TYPE_CHECKING

import pytest

from demo.cast import Cast
from demo.databases import CONNECTIONS, DemoDatabases
from demo.ports import free_port
from demo.process import Process
from demo.provision import metadata_endpoint
from demo.services.crm import CrmServices
from demo.services.objects import ObjectStore
from demo.services.portal import Portal
from demo.services.sftp import SftpServer
from demo.services.ssh_keys import SshKeys
from demo.settings import PRODUCTS, Places, airflow_environment
from sunset.database.postgres.endpoint import Endpoint
from sunset.spec import load_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit

ODD = "p@ss:w/rd %40?&#+ é"


def services(folder: Path) -> CrmServices:
    """The servers of the CRM, none of them running."""
    process = Process(Popen(["true"]), folder / "log")
    keys = SshKeys.make(folder)
    sftp = SftpServer("nobody's", 2222, keys, process)
    return CrmServices(
        sftp, Portal(8090, ODD, process), ObjectStore(folder, "http://127.0.0.1:9000", "id", ODD, process)
    )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    specs = load_folder(PRODUCTS).specs
    databases = DemoDatabases(Endpoint("127.0.0.1", 5433, "post gres", ODD, "postgres"))
    return airflow_environment(8123, databases, Cast.of(specs), Places(*[tmp_path] * 5), services(tmp_path).connections)


def test_connections_carry_any_password(environment: dict[str, str]) -> None:
    for conn_id, database in CONNECTIONS.items():
        connection = json.loads(environment[f"AIRFLOW_CONN_{conn_id.upper()}"])
        assert (connection["password"], connection["schema"]) == (ODD, database)
    for conn_id in ("crm_api", "archive_s3"):
        assert json.loads(environment[f"AIRFLOW_CONN_{conn_id.upper()}"])["password"] == ODD
    metadata = metadata_endpoint(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (metadata.user, metadata.password, metadata.database) == ("post gres", ODD, "airflow")


def test_every_connection_of_the_specs_is_there(environment: dict[str, str]) -> None:
    specs = load_folder(PRODUCTS).specs
    assert {spec.product for spec in specs} == {"legacy_crm", "legacy_helpdesk"}
    for spec in specs:
        assert spec.archive is not None
        wanted = {spec.archive.conn_id}
        for source in spec.sources.databases:
            wanted |= {source.conn_id, source.target_conn_id, source.sandbox_conn_id}
        for tree in spec.sources.files:
            wanted |= {tree.from_.conn_id, tree.to.conn_id}
        for api in spec.sources.apis:
            wanted |= {api.conn_id, api.to.conn_id, api.sandbox_conn_id}
        assert {f"AIRFLOW_CONN_{conn_id}".upper() for conn_id in wanted} <= environment.keys()


def test_another_airflow_of_the_machine_has_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "SequentialExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "postgres://elsewhere")
    monkeypatch.setenv("SUNSET_DOSSIER_CONN_ID", "elsewhere")
    monkeypatch.setenv("http_proxy", "http://proxy.example.com:3128")
    databases = DemoDatabases(Endpoint("127.0.0.1", 5433, "postgres", "secret", "postgres"))
    found = airflow_environment(8123, databases, Cast.of(()), Places(*[tmp_path] * 5), {})
    assert found["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONN_OTHER" not in found
    assert "SUNSET_DOSSIER_CONN_ID" not in found
    assert "127.0.0.1" in found["no_proxy"]


def test_everyone_in_the_specs_can_sign_in_and_nobody_is_admin(tmp_path: Path) -> None:
    cast = Cast.of(load_folder(PRODUCTS).specs)
    assert cast.roles == {"crm_owner": "user", "helpdesk_owner": "user", "data_steward": "user", "migration_op": "op"}
    assert len(set(cast.passwords.values())) == 4
    assert not any(password in repr(cast) for password in cast.passwords.values())
    cast.write_passwords(tmp_path / "passwords.json")
    assert json.loads((tmp_path / "passwords.json").read_text()) == dict(cast.passwords)
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_busy_port_gives_way_to_another() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert free_port(taken) not in (0, taken)
    assert free_port(taken) == taken
