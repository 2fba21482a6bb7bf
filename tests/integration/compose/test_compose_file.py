from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import yaml

from services.airflow_home import ROOT
from sunset.spec import load_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line and line[0] != "#"
)
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[?-][^}]*)?\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|AUTH$")


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def test_set_is_complete() -> None:
    airflow = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker-1", "worker-2"}
    crm = {"crm-files", "crm-portal"}
    assert SERVICES.keys() == airflow | crm | {"postgres", "valkey", "objects", "mail"}
    assert {SERVICES[name]["image"] for name in airflow | crm} == {"sunset:latest"}
    assert {environment(name)["AIRFLOW__CORE__EXECUTOR"] for name in airflow} == {"CeleryExecutor"}


def test_every_variable_is_explained_in_the_example() -> None:
    used = {name for name, _ in VARIABLE.findall(TEXT)}
    assert used == EXAMPLE.keys()


def test_missing_secret_stops_the_start() -> None:
    for name, default in VARIABLE.findall(TEXT):
        assert default == ":?" if SECRET.search(name) else default.startswith(":-"), name


def test_no_password_stands_in_a_file() -> None:
    assert {value for name, value in EXAMPLE.items() if SECRET.search(name)} == {""}
    for service in SERVICES:
        for name, value in environment(service).items():
            if SECRET.search(name) and not name.endswith(("_FILE", "AUTH_MANAGER")):
                assert VARIABLE.fullmatch(value), f"{service}: {name}"
            login = re.search(r"://[^/@]*:([^@/]+)@", VARIABLE.sub("{}", value))
            assert login is None or login[1] == "{}", f"{service}: {name}"


@pytest.mark.parametrize("name", SERVICES)
def test_service_reports_its_health_or_runs_once(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) != (service["restart"] == "no")


def test_services_wait_for_what_they_need() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            once = SERVICES[needed]["restart"] == "no"
            assert how["condition"] == ("service_completed_successfully" if once else "service_healthy"), name


def test_ports_are_open_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_images_are_pinned_short_names() -> None:
    images = [service["image"] for name, service in SERVICES.items() if "build" not in service]
    dockerfile = (ROOT / "Dockerfile").read_text()
    images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    for image in images:
        name, _, tag = image.partition(":")
        assert re.search(r"\d", tag), image
        assert "." not in name.split("/")[0], image


def test_image_has_the_airflow_of_the_lock() -> None:
    lock = (ROOT / "requirements.txt").read_text()
    version = re.search(r"^apache-airflow==(\S+)", lock, re.MULTILINE)
    assert version is not None
    assert f"apache/airflow:{version[1]}-python3.11" in (ROOT / "Dockerfile").read_text()


def test_volumes_are_declared_and_used() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == COMPOSE["volumes"].keys()


def test_connections_and_people_of_the_specs_are_there() -> None:
    found = environment("worker-1")
    specs = load_folder(ROOT / "include" / "products").specs
    assert specs
    people = {user for spec in specs for user in spec.people}
    assert {user.split(":")[0] for user in found["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"].split(",")} == people
    assert {f"{user.upper()}_PASSWORD" for user in people} <= environment("init").keys()
    for spec in specs:
        assert spec.archive is not None
        conn_ids = {spec.archive.conn_id, found["SUNSET_DOSSIER_CONN_ID"]}
        conn_ids |= {audience.conn_id for audience in spec.notices.audiences}
        for source in spec.sources.databases:
            conn_ids |= {source.conn_id, source.target_conn_id, source.sandbox_conn_id}
        for tree in spec.sources.files:
            conn_ids |= {tree.from_.conn_id, tree.to.conn_id}
        for api in spec.sources.apis:
            conn_ids |= {api.conn_id, api.to.conn_id, api.sandbox_conn_id}
        assert {f"AIRFLOW_CONN_{conn_id}".upper() for conn_id in conn_ids} <= found.keys()


def test_addresses_are_services() -> None:
    for name, value in environment("worker-1").items():
        if "://" in value and not name.endswith(("BASE_URL", "SUNSET_DOSSIER")):
            host = urlsplit(VARIABLE.sub("x", value).removeprefix("db+")).hostname
            assert host in {None, *SERVICES}, name


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_docker_compose_accepts_it(tmp_path: Path) -> None:
    filled = tmp_path / "env"
    filled.write_text("".join(f"{name}={value or 'x'}\n" for name, value in EXAMPLE.items()))
    arguments = ["docker-compose", "--env-file", str(filled), "-f", str(ROOT / "docker-compose.yml"), "config"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rendered = yaml.safe_load(done.stdout)
    assert rendered["services"].keys() == SERVICES.keys()
    filled.write_text("")
    refused = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
