"""Tasks marked as success by hand leave no evidence: nothing behind them runs, whichever task it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.legacy import fill, shop_spec
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Refusal, SunsetError

pytestmark = pytest.mark.integration


@pytest.fixture
def places(make_database: Callable[..., Endpoint], pg_server: object, tmp_path: Path) -> Iterator[dict[str, Endpoint]]:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=pg_server.endpoint):  # type: ignore[attr-defined]
        yield {"source": source, "target": target}


def marked(run: Retirement, task_id: str) -> None:
    """What Airflow leaves of a task that was marked: a state, and nothing else."""
    run.states[task_id] = "success"


def order(run: Retirement) -> list[str]:
    return [task.task_id for task in run.dag.topological_sort()]


# The task marked by hand, and the first task behind it that has to refuse.
MARKED = [
    ("assess.shop.preflight", "plan.write"),
    ("rehearse.shop.restore", "approve.seal"),
    ("rehearse.shop.validate", "approve.seal"),
    ("rehearse.record_round", "approve.seal"),
    ("approve.read_answer", "freeze.shop.freeze"),
    ("freeze.shop.freeze", "back_up.shop.dump"),
    ("back_up.shop.restore", "migrate.shop.prepare"),
    ("validate.shop.source_stood_still", "accept.seal"),
    ("validate.shop.compare", "accept.seal"),
    ("accept.read_answer", "cut_over.shop.source_stood_still"),
    ("cut_over.shop.target_unchanged", "cut_over.shop.remove_checkpoint"),
    ("cut_over.record", "archive.pack_and_verify"),
]


@pytest.mark.parametrize(("by_hand", "refuses"), MARKED, ids=[task for task, _ in MARKED])
def test_the_next_stage_does_not_begin(places: dict[str, Endpoint], tmp_path: Path, by_hand: str, refuses: str) -> None:
    spec = shop_spec(tmp_path)
    if not by_hand.startswith(("assess", "rehearse")):
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    mode = "rehearse" if by_hand.startswith("assess") else "execute"
    if mode == "execute" and by_hand.startswith("rehearse"):
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, mode)
    tasks = order(run)
    run.run_through(tasks[tasks.index(by_hand) - 1])
    marked(run, by_hand)
    between = tasks[tasks.index(by_hand) + 1 : tasks.index(refuses)]
    for task_id in between:
        if task_id == "rehearse.record_round":  # says itself that the round is not clean
            with pytest.raises(SunsetError):
                run.run(task_id)
        else:
            run.run(task_id)
    with pytest.raises(Refusal, match=r"not on record|no record|gate|answered"):
        run.run(refuses)
    if "thaw.shop.thaw" in tasks and run.dossier.latest("freeze", "shop-intent"):
        assert not run.dossier.latest("cut_over", "cutover")
    with pytest.raises(SunsetError, match="did not do what its mode"):
        run.run("close.verdict")


def test_a_validation_of_an_earlier_copy_does_not_count(places: dict[str, Endpoint], tmp_path: Path) -> None:
    spec = shop_spec(tmp_path)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("validate.shop.compare")
    with connect(places["source"], "sunset tests", {"default_transaction_read_only": "off"}) as connection:
        connection.execute("SELECT nextval('shop.ticket')")  # somebody moved the frozen source
    run.run("migrate.shop.complete")
    marked(run, "validate.shop.source_stood_still")
    marked(run, "validate.shop.compare")
    with pytest.raises(Refusal, match="is about an earlier source-facts"):
        run.run("accept.seal")


def test_a_spec_changed_under_way_stops_the_run(places: dict[str, Endpoint], tmp_path: Path) -> None:
    run = Retirement(shop_spec(tmp_path), "rehearse")
    run.run_through("plan.write")
    changed = Retirement(shop_spec(tmp_path, **{"Legacy shop": "Another shop"}), "rehearse")
    with pytest.raises(Refusal, match="the spec was changed while the run was under way"):
        changed.run("rehearse.shop.dump")


def test_a_table_that_came_after_the_catalogue_stops_the_copy(places: dict[str, Endpoint], tmp_path: Path) -> None:
    run = Retirement(shop_spec(tmp_path), "rehearse")
    run.run_through("rehearse.shop.open_sandbox")
    with connect(places["source"], "tests") as connection:
        connection.execute("CREATE TABLE shop.late (id int)")
    with pytest.raises(Refusal, match=r"came or went since they were catalogued: shop\.late"):
        run.run("rehearse.shop.prepare")
