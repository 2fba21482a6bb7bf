"""A server that crashes and comes back, in the middle of the copy or of the indexes: the next try makes it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.databases import Databases
from services.kept import Kept, Scene
from services.leftovers import assert_nothing_left, in_database
from services.places import same_content
from services.retirement import connection
from services.servers import Server, restartable_server
from services.trying import meanwhile, retried
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.throttle import Throttle
from sunset.errors import Unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_WAITING = """
    SELECT count(*) > 0 FROM pg_locks JOIN pg_class c ON c.oid = relation
    WHERE relname = 'ledger' AND NOT granted
"""


@pytest.fixture(scope="module")
def brittle() -> Iterator[Server]:
    with restartable_server() as server:
        yield server


@pytest.fixture(scope="module")
def kept_on_brittle(brittle: Server, kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(brittle.endpoint, tmp_path_factory.mktemp("brittle"), kept.more)


@pytest.fixture
def target(make_database: Callable[..., Endpoint]) -> Endpoint:
    return make_database("target")


@pytest.fixture
def brittle_target(brittle: Server) -> Iterator[Endpoint]:
    databases = Databases(brittle.endpoint)
    yield databases.make("target")
    databases.drop_all()


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Endpoint], None]:
    """Let a connection lead to another database from now on."""
    return lambda name, endpoint: monkeypatch.setenv(f"AIRFLOW_CONN_{name}", connection(endpoint))


@contextmanager
def after_rows(number: int, then: Callable[[], None]) -> Iterator[None]:
    """Do something once, in the middle of a COPY, when this number of rows has passed."""
    passed = 0

    def pay(throttle: Throttle, rows: int) -> None:
        nonlocal passed
        before, passed = passed, passed + rows
        if before < number <= passed:
            then()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Throttle, "pay", pay)
        yield


def finish(scene: Scene, source: Endpoint, target: Endpoint, server: Endpoint) -> None:
    """Go on behind the copy to the cutover; the target is right, and nothing is left over."""
    retried(scene.run, "migrate.shop.complete")
    scene.run.run_through("cut_over.record", start="validate.shop.source_stood_still")
    assert same_content(source, target, "shop.tmp_import")
    assert_nothing_left(server, target, scene.folder / "work")


def test_the_source_in_the_middle_of_the_copy(
    brittle: Server, kept_on_brittle: Kept, target: Endpoint, lead: Any, tmp_path: Path
) -> None:
    with kept_on_brittle.before("migrate.shop.prepare", tmp_path / "run") as scene:
        lead("TARGET_DB", target)
        scene.run.run("migrate.shop.prepare")
        with after_rows(20_000, brittle.crash), pytest.raises(Unavailable):
            scene.run.run("migrate.shop.copy")
        retried(scene.run, "migrate.shop.copy")
        finish(scene, scene.source, target, brittle.endpoint)


def test_the_source_in_the_middle_of_a_rehearsal(brittle: Server, kept_on_brittle: Kept, tmp_path: Path) -> None:
    with kept_on_brittle.before("rehearse.shop.copy", tmp_path / "run") as scene:  # its sandbox is on the same server
        with after_rows(20_000, brittle.crash), pytest.raises(Unavailable):
            scene.run.run("rehearse.shop.copy")
        retried(scene.run, "rehearse.shop.copy")
        scene.run.run_through("rehearse.record_round", start="rehearse.shop.complete")
        assert_nothing_left(brittle.endpoint, scene.target, scene.folder / "work")


@pytest.mark.parametrize("rows", [20_000, 40_000], ids=["in its first table", "behind finished tables"])
def test_the_target_in_the_middle_of_the_copy(
    run_before: Callable[[str], Scene], brittle: Server, brittle_target: Endpoint, lead: Any, rows: int
) -> None:
    scene = run_before("migrate.shop.prepare")
    lead("TARGET_DB", brittle_target)
    scene.run.run("migrate.shop.prepare")
    with after_rows(rows, brittle.crash), pytest.raises(Unavailable):
        scene.run.run("migrate.shop.copy")
    retried(scene.run, "migrate.shop.copy")
    finish(scene, scene.source, brittle_target, brittle.endpoint)


def test_the_target_in_the_middle_of_an_index(
    run_before: Callable[[str], Scene], brittle: Server, brittle_target: Endpoint, lead: Any
) -> None:
    scene = run_before("migrate.shop.prepare")
    lead("TARGET_DB", brittle_target)
    scene.run.run_through("migrate.shop.copy", start="migrate.shop.prepare")
    with (
        holding(brittle_target, "LOCK TABLE shop.ledger IN ROW EXCLUSIVE MODE"),
        meanwhile(lambda: ask(brittle_target, _WAITING), brittle.crash),
        pytest.raises(Unavailable),
    ):
        scene.run.run("migrate.shop.complete")
    assert in_database(brittle_target) == ["schema sunset_checkpoint"]
    finish(scene, scene.source, brittle_target, brittle.endpoint)


@contextmanager
def holding(database: Endpoint, statement: str) -> Iterator[None]:
    """Hold what the statement locks until the block or the server ends."""
    session = connect(database, "tests")
    session.execute(b"BEGIN")
    session.execute(statement.encode())
    yield
    with suppress(psycopg.OperationalError):
        session.close()


def ask(database: Endpoint, query: str) -> Any:
    with connect(database, "tests") as link:
        return link.execute(query.encode()).fetchone()[0]  # type: ignore[index]
