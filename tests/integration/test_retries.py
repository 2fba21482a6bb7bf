"""Tasks killed and started twice: the result is the same, or one of the two stops on a lock."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from services import children
from services.kept import Scene
from services.places import same_content
from services.trying import wait_for
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Locked

pytestmark = pytest.mark.integration

HELD = "shop.clicks"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert children.outcome(pid) == -signal.SIGKILL, "the task ended before it was killed"


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


def test_a_killed_copy_is_taken_up_where_it_stood(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("migrate.shop.copy")
    with held_back(scene.source):
        child = children.start(lambda: scene.run.run("migrate.shop.copy"))
        wait_for(lambda: units_done(scene.target) >= 2 and is_locked(scene.target))
        kill(child)
    done = units_done(scene.target)
    assert 0 < done < 7
    scene.run.run_through("close.verdict", start="migrate.shop.copy")
    records = [record for name, record in scene.run.dossier.records("migrate").items() if "-pack-" in name]
    assert sum(unit["resumed"] for record in records for unit in record["units"]) == done
    assert same_content(scene.source, scene.target, "shop.tmp_import")


def test_a_killed_rehearsal_copy_starts_anew(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("rehearse.shop.copy")
    server = scene.places.server
    sandbox = server.on(sandboxes(server)[0])
    with held_back(scene.source):
        child = children.start(lambda: scene.run.run("rehearse.shop.copy"))
        wait_for(lambda: units_done(sandbox) >= 2)
        kill(child)
    with connect(scene.source, "tests") as connection:  # the product goes on writing
        connection.execute("INSERT INTO shop.clicks VALUES ('new', 2)")
    scene.run.run_through("rehearse.record_round", start="rehearse.shop.copy")
    record = scene.run.dossier.latest("rehearse", "shop-pack-0")
    assert record is not None
    assert not any(unit["resumed"] for unit in record["units"])
    assert sandboxes(server) == []


@pytest.mark.parametrize(
    ("task", "seconds"),
    [("back_up.shop.dump", 0.3), ("back_up.shop.restore", 0.4), ("migrate.shop.prepare", 0.15),
     ("migrate.shop.complete", 0.15), ("validate.shop.compare", 0.6), ("archive.pack_and_verify", 0.4)],
)  # fmt: skip
def test_a_killed_task_leaves_no_trace_on_the_result(
    run_before: Callable[[str], Scene], task: str, seconds: float
) -> None:
    scene = run_before(task)
    child = children.start(lambda: scene.run.run(task))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)  # on a fast machine it may have done its work, but has not reported it
    os.waitpid(child, 0)
    scene.run.run_through("close.verdict", start=task)
    verdict = scene.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"], verdict["gaps"]
    assert same_content(scene.source, scene.target, "shop.tmp_import")
    assert sandboxes(scene.places.server) == []


def test_the_same_copy_started_twice_stops_on_the_lock_of_the_first(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("migrate.shop.copy")
    with held_back(scene.source):
        child = children.start(lambda: scene.run.run("migrate.shop.copy"))
        wait_for(lambda: units_done(scene.target) >= 2 and is_locked(scene.target))
        with pytest.raises(Locked, match=r"sunset shop shop manual__2026"):
            scene.run.run("migrate.shop.copy")
    assert children.outcome(child) == 0
    scene.run.run_through("close.verdict", start="migrate.shop.copy")
    assert same_content(scene.source, scene.target, "shop.tmp_import")


def test_every_task_can_be_run_again(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("back_up.shop.dump")
    run = scene.run
    for task in run.dag.topological_sort():
        if task.task_id.startswith(("back_up", "migrate", "validate")):
            run.run(task.task_id)
            run.run(task.task_id)
    run.run_through("close.verdict", start="accept.seal")
    run.run("archive.pack_and_verify")
    run.run("close.verdict")
    assert same_content(scene.source, scene.target, "shop.tmp_import")


def test_a_second_run_does_not_continue_what_another_left_on_the_target(run_before: Callable[[str], Scene]) -> None:
    run = run_before("migrate.shop.complete").run
    other = replace(run, run_id="other", xcom={}, states={}, answers={})
    with pytest.raises(Exception, match="target_not_empty"):
        other.run_through("migrate.shop.prepare")


def sandboxes(server: Endpoint) -> list[str]:
    with connect(server, "tests") as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'sunset\\_%'").fetchall()
    return [row[0] for row in rows]
