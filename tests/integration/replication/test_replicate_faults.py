"""What can go wrong while a target follows: each ends in the right data or in a refusal that names the cause."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from services.busy_shop import MORE, WRITES, busy_spec
from services.kept import Kept, Scene
from services.places import run_sql
from services.retirement import approval
from services.scheduling import go_on
from services.trying import killed_after, retried, wait_for
from services.writer import Writer
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.replication.names import replication_name
from sunset.database.postgres.scope import Scope
from sunset.errors import Refusal, SunsetError
from sunset.spec.sources import Replication

if TYPE_CHECKING:
    from demo.postgres import PostgresServer

pytestmark = pytest.mark.integration

BEGIN, COPY, WATCH = "follow.shop.prepare", "follow.shop.copy", "follow.shop.watch"
FROZEN, END = "freeze.shop.freeze", "close.verdict"
SCOPE = Scope(schemas=("shop",), excluded=("shop.tmp_import",))


@pytest.fixture(scope="module")
def kept_busy(pg_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    kept = Kept(pg_server.endpoint, tmp_path_factory.mktemp("busy"), MORE, busy_spec)
    yield kept
    kept.drop_all()


@pytest.fixture
def following(kept_busy: Kept, tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """`following(last)`: an execution that has done its tasks up to `last`; nothing of it stays on the server."""
    with ExitStack() as undo:

        def run_through(last: str) -> Scene:
            scene = undo.enter_context(kept_busy.before(BEGIN, tmp_path))
            undo.callback(stop, scene)
            scene.run.run_through(last, start=BEGIN)
            return scene

        yield run_through


def stop(scene: Scene) -> None:
    with suppress(AirflowSkipException):
        scene.run.run("thaw.shop.stop_following")


def one(database: Endpoint, query: str) -> object:
    with connect(database, "tests") as link:
        row = link.execute(query.encode()).fetchone()
    return row[0] if row else None


def name_of(scene: Scene) -> str:
    """The name of slot, subscription and publication."""
    return replication_name("shop", "shop", scene.run.run_id)


def enabled(scene: Scene) -> object:
    return one(scene.target, f"SELECT subenabled FROM pg_subscription WHERE subname = '{name_of(scene)}'")


def disable(scene: Scene) -> None:
    """Let the target stop fetching."""
    run_sql(scene.target, f"ALTER SUBSCRIPTION {name_of(scene)} DISABLE")
    query = f"SELECT active FROM pg_replication_slots WHERE slot_name = '{name_of(scene)}'"
    wait_for(lambda: one(scene.source, query) is False)


def slots(database: Endpoint) -> object:
    return one(database, "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")


def publications(database: Endpoint) -> object:
    return one(database, "SELECT count(*) FROM pg_publication")


def same(scene: Scene) -> bool:
    source, target = (measure(lambda at=at: connect(at, "tests"), SCOPE) for at in (scene.source, scene.target))
    return source == target


def refusal(scene: Scene, task: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        scene.run.run(task)
    return caught.value


def test_a_row_written_to_the_target_is_named_and_ends_the_following(following: Callable[[str], Scene]) -> None:
    scene = following("follow.shop.subscribe")
    run_sql(scene.target, "INSERT INTO shop.scratch VALUES (1)")
    run_sql(scene.source, "INSERT INTO shop.scratch VALUES (1)")
    wait_for(lambda: enabled(scene) is False)
    error = refusal(scene, WATCH)
    assert "shop.scratch" in error.what
    assert set(go_on(scene.run, by_hand={WATCH: "failed"})) == {END}
    assert slots(scene.source) == publications(scene.source) == 0


def test_a_changed_schema_is_named(following: Callable[[str], Scene]) -> None:
    scene = following("follow.shop.subscribe")
    run_sql(scene.source, "ALTER TABLE shop.settings ADD COLUMN more int")
    assert "column shop.settings.more" in refusal(scene, WATCH).what


def test_a_schema_that_was_changed_just_before_the_freeze_is_named(following: Callable[[str], Scene]) -> None:
    scene = following(WATCH)
    run_sql(scene.source, "CREATE INDEX later ON shop.settings (value)")
    scene.run.run(FROZEN)
    assert "index shop.settings: later" in refusal(scene, "migrate.shop.drain").what
    assert set(go_on(scene.run, by_hand={"migrate.shop.drain": "failed"})) == {END}
    run_sql(scene.source, "INSERT INTO shop.settings VALUES ('thawed', '')")


def test_a_slot_that_somebody_dropped_is_missed(following: Callable[[str], Scene]) -> None:
    scene = following("follow.shop.subscribe")
    disable(scene)
    run_sql(scene.source, f"SELECT pg_drop_replication_slot('{name_of(scene)}')")
    assert "is gone" in refusal(scene, WATCH).what


def test_too_much_log_held_back_ends_the_run(
    following: Callable[[str], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = following("follow.shop.subscribe")
    monkeypatch.setattr("sunset_operators.replicate.Bounds", lambda: Replication(retained_wal_mb=64))
    disable(scene)
    for _ in range(5):
        run_sql(scene.source, "INSERT INTO shop.log (what) VALUES ('x')", "SELECT pg_switch_wal()")
    assert "64 MiB are allowed" in refusal(scene, WATCH).what
    assert set(go_on(scene.run, by_hand={WATCH: "failed"})) == {END}
    assert slots(scene.source) == 0


@pytest.mark.parametrize("whose", ["source", "target"])
def test_a_broken_connection_is_taken_up_again(following: Callable[[str], Scene], whose: str) -> None:
    scene = following("follow.shop.subscribe")
    with Writer(scene.source, WRITES) as product:
        product.wait_for(20)
        for _ in range(3):
            kind = {"source": "walsender", "target": "logical replication apply worker"}[whose]
            place = {"source": scene.source, "target": scene.target}[whose]
            one(
                place,
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = '{kind}' "
                "AND datname = current_database()",
            )
            product.wait_for(20)
            scene.run.run(WATCH)
        scene.run.run_through(END, start=FROZEN)
    assert same(scene)


def test_a_rejection_at_the_acceptance_leaves_nothing_behind(following: Callable[[str], Scene]) -> None:
    scene = following(WATCH)
    scene.run.answers["accept.acceptance"] = approval("crm_owner", "Reject", "not yet")
    errors = go_on(scene.run)
    assert set(errors) == {END}
    assert slots(scene.source) == publications(scene.source) == 0
    assert one(scene.target, "SELECT count(*) FROM pg_subscription") == 0
    run_sql(scene.source, "INSERT INTO shop.settings VALUES ('thawed', '')")


def test_a_target_that_is_away_does_not_keep_the_slot_on_the_source(following: Callable[[str], Scene]) -> None:
    scene = following(WATCH)
    away = scene.target.database
    with connect(scene.places.server, "tests") as link:
        link.execute(f"ALTER DATABASE {away} ALLOW_CONNECTIONS false".encode())
        try:
            with pytest.raises(SunsetError):
                scene.run.run("thaw.shop.stop_following")
            assert slots(scene.source) == publications(scene.source) == 0
        finally:
            link.execute(f"ALTER DATABASE {away} ALLOW_CONNECTIONS true".encode())


@pytest.mark.parametrize("task", ["follow.shop.prepare", COPY, "follow.shop.subscribe", WATCH, "migrate.shop.drain"])
def test_a_task_marked_by_hand_stops_the_next(following: Callable[[str], Scene], task: str) -> None:
    scene = following(BEGIN) if task != BEGIN else following("approve.read_answer")
    errors = go_on(scene.run, by_hand={task: "success"})
    assert END in errors
    assert not scene.run.dossier.latest("validate", "shop-validation")


@pytest.mark.slow
def test_tasks_killed_at_random_moments_end_in_the_right_rows(kept_busy: Kept, tmp_path: Path) -> None:
    dice = random.Random(5)
    with kept_busy.before(BEGIN, tmp_path) as scene, Writer(scene.source, WRITES) as product:
        for tasks in (
            [BEGIN, COPY, "follow.shop.subscribe", WATCH],
            [FROZEN, "migrate.shop.drain", "migrate.shop.complete", "validate.shop.compare"],
        ):
            left = tasks
            for _ in range(5):
                left = killed_after(scene.run, left, dice.uniform(0.1, 2.0))
            product.wait_for(20) if tasks[0] == BEGIN else None
            for task in left:
                retried(scene.run, task)
        scene.run.run_through(END, start="back_up.shop.dump")
        assert same(scene)
        assert slots(scene.source) == 0
