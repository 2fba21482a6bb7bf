"""A copy out of MariaDB that is disturbed in the middle: an error in time, and a next try that makes it whole."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from services.cut_proxy import Fault, proxied
from services.databases import Databases
from services.legacy import shop_spec
from services.mariadb import MariaDb, mariadb_server
from services.retirement import Retirement, connection, connections
from services.trying import killed_after, retried
from sunset.database.mysql.place import Session, session
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Refusal, Unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCRIPT = """
CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
CREATE TABLE ledger (id INT AUTO_INCREMENT PRIMARY KEY, entry VARCHAR(400) NOT NULL, UNIQUE (entry));
INSERT INTO ledger (entry) SELECT concat(md5(seq), repeat('x', 300)) FROM seq_1_to_30000;
CREATE TABLE doubles (n INT, v VARCHAR(80));
INSERT INTO doubles SELECT seq % 3, repeat('same', 20) FROM seq_1_to_15000;
CREATE TABLE child (id INT PRIMARY KEY, ledger INT, FOREIGN KEY (ledger) REFERENCES ledger (id));
INSERT INTO child SELECT seq, seq FROM seq_1_to_500;
"""
HELD = """
    SELECT (SELECT (count(*), count(DISTINCT entry), sum(length(entry)))::text FROM shop.ledger),
           (SELECT (count(*), sum(n), sum(length(v)))::text FROM shop.doubles),
           (SELECT count(*) FROM shop.child),
           (SELECT count(*) FROM pg_constraint WHERE conname = 'child_ibfk_1' AND convalidated)
"""
RIGHT = ("(30000,30000,9960000)", "(15000,15000,1200000)", 500, 1)
STEPS = ["migrate.shop.copy", "migrate.shop.complete"]
SEED = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))


@dataclass(frozen=True)
class Scene:
    """An execution whose source is frozen and whose target is prepared."""

    run: Retirement
    server: MariaDb
    target: Endpoint

    def finish(self, start: str) -> None:
        self.run.run_through("cut_over.record", start=start)
        with connect(self.target, "tests") as link:
            assert link.execute(HELD.encode()).fetchone() == RIGHT
            assert link.execute("SELECT to_regnamespace('sunset_checkpoint') IS NULL").fetchone() == (True,)


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_server() as running:
        running.load(SCRIPT)
        yield running


@pytest.fixture(scope="module")
def approved(
    server: MariaDb, pg_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Retirement, Path]]:
    """A run that may freeze its source, after a clean round."""
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("mysql-faults")
    places = {"shop_db": server.connection("shop"), "target_db": databases.make("target")}
    with connections(folder, **places, sandbox_db=pg_server.endpoint):
        spec = shop_spec(
            folder, **{", schemas: [shop]": "", "sum(amount) from shop.orders": "count(*) from shop.ledger"}
        )
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        run = Retirement(spec, "execute")
        run.run_through("approve.read_answer")
    yield run, folder
    databases.drop_all()


@pytest.fixture
def scene(
    approved: tuple[Retirement, Path],
    server: MariaDb,
    make_database: Callable[..., Endpoint],
    pg_server: Any,
    tmp_path: Path,
) -> Iterator[Scene]:
    run, kept = approved
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    target = make_database("target")
    own = replace(run, xcom={**run.xcom}, states={**run.states}, answers={**run.answers})
    with connections(tmp_path, shop_db=server.connection("shop"), target_db=target, sandbox_db=pg_server.endpoint):
        own.run_through("migrate.shop.prepare", start="freeze.shop.freeze")
        yield Scene(own, server, target)
    server.run("mysql", "SET GLOBAL read_only = OFF")


@contextmanager
def behind(scene: Scene, fault: str, limit: int) -> Iterator[Any]:
    """The source behind a proxy that breaks connections."""
    there = scene.server.on("shop")
    ends = Endpoint(there.host, there.port, there.user, there.password, there.database)
    patch = pytest.MonkeyPatch()
    patch.setenv("SUNSET_STALLED_AFTER", "1")
    with proxied(ends, cast("Fault", fault), limit) as (moved, proxy):
        patch.setenv("AIRFLOW_CONN_SHOP_DB", connection({**scene.server.connection("shop"), "port": moved.port}))
        yield proxy
    patch.undo()


@pytest.mark.parametrize("fault", ["cut", "stall"])
@pytest.mark.parametrize("limit", [3_000, 700_000])
def test_a_connection_breaks(scene: Scene, fault: str, limit: int) -> None:
    with behind(scene, fault, limit) as proxy:
        proxy.times = 1
        with pytest.raises(Unavailable, match="the server went away or was busy"):
            scene.run.run(STEPS[0])
        assert proxy.broken == 1
        retried(scene.run, STEPS[0])
    scene.finish(STEPS[1])


def test_a_query_that_works_for_long_is_waited_for(server: MariaDb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNSET_STALLED_AFTER", "1")
    with session(server.on("shop")) as link:
        assert link.one("SELECT sleep(4)") == (0,)
        assert [row for row in link.stream("SELECT sleep(2) UNION ALL SELECT sleep(2)")] == [(0,), (0,)]


def test_the_server_is_restarted_in_the_middle(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It forgets that it was frozen: the next try copies what is there, and then nobody vouches for the source."""

    one, waiting = Session.one, [scene.server.restart]

    def broken(link: Session, query: str, arguments: Sequence[object] | None = None) -> tuple[Any, ...]:
        if "entry" in query and waiting:
            waiting.pop()()
        return one(link, query, arguments)

    monkeypatch.setattr(Session, "one", broken)
    with pytest.raises(Unavailable):
        scene.run.run(STEPS[0])
    assert not waiting
    retried(scene.run, STEPS[0])
    with pytest.raises(Refusal, match="the server can be written to: read_only is off"):
        scene.finish(STEPS[1])
    scene.server.run("mysql", "SET GLOBAL read_only = ON")
    scene.finish("validate.shop.source_stood_still")


@pytest.mark.parametrize("number", range(3))
def test_a_worker_is_killed(scene: Scene, number: int) -> None:
    seconds = 2.0 * (number + random.Random(f"{SEED} {number}").random()) / 3
    left = killed_after(scene.run, STEPS, seconds)
    print(f"FAULTS_SEED={SEED}: killed after {seconds:.2f} s; left to do: {left}")
    for task_id in left:
        retried(scene.run, task_id)
    scene.finish("validate.shop.source_stood_still")
