"""What stops a copy on purpose, by the name of what stops it, and what the next try does when it is out of the way."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.install import server_account
from demo.process import Account
from services.kept import Scene
from services.leftovers import assert_nothing_left
from services.places import run_sql, same_content
from services.retirement import connection
from services.trying import retried
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Locked, Refusal, SunsetError

pytestmark = [pytest.mark.integration, pytest.mark.slow]

THAWED = {"default_transaction_read_only": "off"}


def finish(scene: Scene, target: Endpoint, start: str = "migrate.shop.complete") -> None:
    scene.run.run_through("cut_over.record", start=start)
    assert same_content(scene.source, target, "shop.tmp_import")
    assert_nothing_left(scene.places.server, target, scene.folder / "work")


@pytest.fixture
def cramped(pg_server: Any) -> Iterator[tuple[Endpoint, Callable[[str], None]]]:
    """An empty database on a disk of 10 MiB, and what gives that disk another size."""
    account = server_account()
    if account is None:
        pytest.skip("only root can mount a small disk")
    # Not in pytest's own folder: every pytest that starts takes away other users' way to it.
    with tempfile.TemporaryDirectory(prefix="sunset-disk-") as name:
        yield from _cramped(pg_server.endpoint.on("cramped"), Path(name), account)


def _cramped(database: Endpoint, disk: Path, account: Account) -> Iterator[tuple[Endpoint, Callable[[str], None]]]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size=10m,uid={account.uid},gid={account.gid},mode=700", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    make = [f"CREATE TABLESPACE small LOCATION '{disk}'", "CREATE DATABASE cramped TEMPLATE template0 TABLESPACE small"]
    try:
        run_sql(database.on("postgres"), *make)
        yield database, lambda size: subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)  # type: ignore[func-returns-value]
        run_sql(database.on("postgres"), "DROP DATABASE cramped WITH (FORCE)", "DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_target_without_space(
    run_before: Callable[[str], Scene], cramped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = run_before("migrate.shop.prepare")
    database, resize = cramped
    monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", connection(database))
    with pytest.raises(Refusal, match=r"/cramped: the disk of this server is full: .*No space left on device"):
        scene.run.run_through("migrate.shop.complete", start="migrate.shop.prepare")
    resize("256m")
    unfinished = [task for task in ("prepare", "copy", "complete") if f"migrate.shop.{task}" not in scene.run.xcom]
    finish(scene, database, f"migrate.shop.{unfinished[0]}")


def test_a_lock_on_a_table_of_the_source(run_before: Callable[[str], Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    scene = run_before("migrate.shop.copy")
    with connect(scene.source, "somebody", THAWED) as other, other.transaction():
        other.execute("LOCK TABLE shop.doubles")
        with monkeypatch.context() as patch:
            patch.setattr("sunset.database.postgres.scope.Scope.settings", [("lock_timeout", "300ms")])
            with pytest.raises(Locked, match=r"shop\.doubles.*: another session holds"):
                scene.run.run("migrate.shop.copy")
    retried(scene.run, "migrate.shop.copy")
    finish(scene, scene.target)


def test_a_statement_that_takes_too_long_on_the_source(
    run_before: Callable[[str], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = run_before("migrate.shop.copy")
    with monkeypatch.context() as patch:
        patch.setattr("sunset.database.postgres.scope.Scope.settings", [("statement_timeout", "5ms")])
        with pytest.raises(SunsetError, match="canceling statement due to statement timeout"):
            scene.run.run("migrate.shop.copy")
    retried(scene.run, "migrate.shop.copy")
    finish(scene, scene.target)


CHANGES = {
    "a table dropped": ("DROP TABLE shop.doubles", r"shop\.doubles"),
    "a table added": ("CREATE TABLE shop.late (id int)", r"shop\.late"),
    "a column added": ("ALTER TABLE shop.doubles ADD COLUMN more int DEFAULT 7", r"shop\.doubles"),
    "a column dropped": ("ALTER TABLE shop.doubles DROP COLUMN v", r"shop\.doubles"),
    "a column of another type": ("ALTER TABLE shop.ledger ALTER COLUMN id TYPE bigint", r"shop\.ledger"),
    "a table emptied": ("TRUNCATE shop.doubles", r"shop\.doubles"),
    "a row added": ("INSERT INTO shop.doubles VALUES (9, 'late')", r"shop\.doubles"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("task_id", ["migrate.shop.prepare", "migrate.shop.copy", "migrate.shop.complete"])
def test_a_source_that_somebody_changes_in_spite_of_the_freeze(
    run_before: Callable[[str], Scene], task_id: str, change: str
) -> None:
    scene = run_before(task_id)
    statement, named = CHANGES[change]
    with connect(scene.source, "somebody", THAWED) as other:
        other.execute(statement.encode())
    with pytest.raises(SunsetError, match=named):
        scene.run.run_through("cut_over.record", start=task_id)
    assert not scene.run.dossier.latest("cut_over", "cutover")
