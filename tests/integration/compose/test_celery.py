"""The set of docker-compose.yml on loopback: PostgreSQL, Redis, every component of Airflow, two Celery workers."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from demo import airflow
from demo.cast import Cast
from demo.databases import DemoDatabases
from demo.home import DemoHome
from demo.mail import CONN_ID, MailCatcher
from demo.ports import LOOPBACK, free_port
from demo.process import Process
from demo.screen import Screen
from demo.settings import METADATA, PRODUCTS, ROOT, Places, airflow_environment
from demo.story import Retirement
from demo.venue import Venue, wait_for_dags
from demo.verdict import read_verdict
from services.redis import PROGRAM, redis_server
from sunset.spec import load_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from demo.postgres import PostgresServer

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed (Debian: apt-get install redis-server)"),
]

WORKERS = ("worker-1", "worker-2")


def start_workers(env: Mapping[str, str], logs: Path, undo: ExitStack) -> dict[str, Process]:
    workers = {}
    for name in WORKERS:
        command = [sys.executable, "-m", "airflow", "celery", "worker", "--celery-hostname", f"{name}@%h"]
        options = ["--concurrency", "2", "--skip-serve-logs"]
        workers[name] = Process.start([*command, *options], logs / f"{name}.log", cwd=ROOT, env=env)
    undo.callback(airflow.stop, list(workers.values()))
    return workers


@pytest.fixture
def venue(own_server: PostgresServer, tmp_path: Path) -> Iterator[Venue]:
    with ExitStack() as undo:
        specs = {spec.product: spec for spec in load_folder(PRODUCTS).specs}
        cast, places = Cast.of(specs.values()), Places.below(DemoHome.take(tmp_path / "home"))
        cast.write_passwords(places.airflow / "passwords.json")
        databases = DemoDatabases(own_server.endpoint)
        databases.create(METADATA)
        databases.load_legacy()
        port = free_port()
        mail = MailCatcher.start(tmp_path, undo)
        env = airflow_environment(port, databases, cast, places, {CONN_ID: mail.connection})
        env |= {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": undo.enter_context(redis_server(tmp_path)),
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{env['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}",
        }
        airflow.migrate(env, ROOT)
        processes = airflow.start(env, places.logs, ROOT, undo) | start_workers(env, places.logs, undo)
        built = Venue(f"http://{LOOPBACK}:{port}", specs, cast, places, processes, mail)
        wait_for_dags(built)
        yield built


@pytest.mark.timeout(900)
def test_two_workers_rehearse_a_product_together(venue: Venue) -> None:
    (run,) = Retirement(venue, Screen(live=False), "legacy_helpdesk").rehearse(1)
    assert read_verdict(venue.places, "legacy_helpdesk", run).holds
    shares = [venue.processes[name].log.read_text().count("succeeded in") for name in WORKERS]
    assert all(shares), f"tasks of the two workers: {shares}"
