"""Tasks killed and started twice: the result is the same, or one of the two stops on a lock."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.legacy import fill, shop_spec
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope
from sunset.errors import Locked

pytestmark = pytest.mark.integration

HELD = "shop.clicks"


@pytest.fixture
def databases(
    make_database: Callable[..., Endpoint], pg_server: object, tmp_path: Path
) -> Iterator[dict[str, Endpoint]]:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    places = {"shop_db": source, "target_db": target, "sandbox_db": pg_server.endpoint}  # type: ignore[attr-defined]
    with connections(tmp_path, **places):
        yield places


def prepared(folder: Path, before: str) -> Retirement:
    """An execution that has come to just before a task."""
    spec = shop_spec(folder)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    order = [task.task_id for task in run.dag.topological_sort()]
    run.run_through(order[order.index(before) - 1])
    return run


def in_child(work: Callable[[], object]) -> int:
    """Start work in a process of its own; returns its process id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001  the child reports by its exit status alone
            os._exit(1)
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1]), "the task ended before it was killed"


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "nothing happened in 30 s"
        time.sleep(0.02)


def units_done(target: Endpoint) -> int:
    with connect(target, "tests") as connection:
        return connection.execute("SELECT count(*) FROM sunset_checkpoint.unit").fetchone()[0]  # type: ignore[index]


@contextmanager
def held_back(source: Endpoint) -> Iterator[None]:
    """Nobody can read the table HELD while the block runs: a copy waits there."""
    writing = {"default_transaction_read_only": "off"}
    with connect(source, "sunset tests", writing) as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {HELD}")
        yield


def is_locked(target: Endpoint) -> bool:
    """Whether somebody is copying into the target: holds an advisory lock there and waits."""
    query = """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                       WHERE l.locktype = 'advisory' AND d.datname = current_database())
    """
    with connect(target, "tests") as connection:
        return connection.execute(query).fetchone()[0]  # type: ignore[index]


def same(source: Endpoint, target: Endpoint) -> bool:
    scope = Scope(schemas=("shop",), excluded=("shop.tmp_import",))
    one, other = (measure(lambda place=place: connect(place, "tests"), scope) for place in (source, target))
    return one == other


def test_a_killed_copy_is_taken_up_where_it_stood(databases: dict[str, Endpoint], tmp_path: Path) -> None:
    run = prepared(tmp_path, "migrate.shop.copy")
    target = databases["target_db"]
    with held_back(databases["shop_db"]):
        child = in_child(lambda: run.run("migrate.shop.copy"))
        wait_for(lambda: units_done(target) >= 2 and is_locked(target))
        kill(child)
    done = units_done(target)
    assert 0 < done < 7
    run.run_through("close.verdict", start="migrate.shop.copy")
    records = [record for name, record in run.dossier.records("migrate").items() if "-pack-" in name]
    assert sum(unit["resumed"] for record in records for unit in record["units"]) == done
    assert same(databases["shop_db"], target)


def test_a_killed_rehearsal_copy_starts_anew(databases: dict[str, Endpoint], tmp_path: Path) -> None:
    run = Retirement(shop_spec(tmp_path), "rehearse")
    run.run_through("rehearse.shop.prepare")
    sandbox = next(iter(sandboxes(databases["sandbox_db"])))
    with held_back(databases["shop_db"]):
        child = in_child(lambda: run.run("rehearse.shop.copy"))
        wait_for(lambda: units_done(databases["sandbox_db"].on(sandbox)) >= 2)
        kill(child)
    with connect(databases["shop_db"], "tests") as connection:  # the product goes on writing
        connection.execute("INSERT INTO shop.clicks VALUES ('new', 2)")
    run.run_through("close.verdict", start="rehearse.shop.copy")
    record = run.dossier.latest("rehearse", "shop-pack-0")
    assert record is not None
    assert not any(unit["resumed"] for unit in record["units"])
    assert sandboxes(databases["sandbox_db"]) == []


@pytest.mark.parametrize(
    ("task", "seconds"),
    [("back_up.shop.dump", 0.3), ("back_up.shop.restore", 0.4), ("migrate.shop.prepare", 0.15),
     ("migrate.shop.complete", 0.15), ("validate.shop.compare", 0.6), ("archive.pack_and_verify", 0.4)],
)  # fmt: skip
def test_a_killed_task_leaves_no_trace_on_the_result(
    databases: dict[str, Endpoint], tmp_path: Path, task: str, seconds: float
) -> None:
    run = prepared(tmp_path, task)
    child = in_child(lambda: run.run(task))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)  # on a fast machine it may have done its work, but has not reported it
    os.waitpid(child, 0)
    run.run_through("close.verdict", start=task)
    verdict = run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"], verdict["gaps"]
    assert same(databases["shop_db"], databases["target_db"])
    assert sandboxes(databases["sandbox_db"]) == []


def test_the_same_copy_started_twice_stops_on_the_lock_of_the_first(
    databases: dict[str, Endpoint], tmp_path: Path
) -> None:
    run = prepared(tmp_path, "migrate.shop.copy")
    target = databases["target_db"]
    with held_back(databases["shop_db"]):
        child = in_child(lambda: run.run("migrate.shop.copy"))
        wait_for(lambda: units_done(target) >= 2 and is_locked(target))
        with pytest.raises(Locked, match=r"sunset shop shop manual__2026"):
            run.run("migrate.shop.copy")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    run.run_through("close.verdict", start="migrate.shop.copy")
    assert same(databases["shop_db"], databases["target_db"])


def test_every_task_can_be_run_again(databases: dict[str, Endpoint], tmp_path: Path) -> None:
    run = prepared(tmp_path, "back_up.shop.dump")
    for task in run.dag.topological_sort():
        if task.task_id.startswith(("back_up", "migrate", "validate")):
            run.run(task.task_id)
            run.run(task.task_id)
    run.run_through("close.verdict", start="accept.seal")
    run.run("archive.pack_and_verify")
    run.run("close.verdict")
    assert same(databases["shop_db"], databases["target_db"])


def test_a_second_run_does_not_continue_what_another_left_on_the_target(
    databases: dict[str, Endpoint], tmp_path: Path
) -> None:
    run = prepared(tmp_path, "migrate.shop.complete")
    other = Retirement(run.spec, "execute", run_id="other")
    with pytest.raises(Exception, match="target_not_empty"):
        other.run_through("migrate.shop.prepare")


def sandboxes(server: Endpoint) -> list[str]:
    with connect(server, "tests") as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'sunset\\_%'").fetchall()
    return [row[0] for row in rows]
