"""Tasks marked as success by hand leave no evidence: nothing behind them runs, whichever task it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.kept import Scene
from services.legacy import shop_spec
from services.retirement import Retirement
from sunset.database.postgres.endpoint import connect
from sunset.errors import Refusal, SunsetError

pytestmark = pytest.mark.integration


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
def test_the_next_stage_does_not_begin(run_before: Callable[[str], Scene], by_hand: str, refuses: str) -> None:
    run = run_before(by_hand).run
    tasks = order(run)
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


def test_a_validation_of_an_earlier_copy_does_not_count(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("accept.seal")
    run = scene.run
    with connect(scene.source, "sunset tests", {"default_transaction_read_only": "off"}) as connection:
        connection.execute("SELECT nextval('shop.ticket')")  # somebody moved the frozen source
    run.run("migrate.shop.complete")
    marked(run, "validate.shop.source_stood_still")
    marked(run, "validate.shop.compare")
    with pytest.raises(Refusal, match="is about an earlier source-facts"):
        run.run("accept.seal")


def test_a_spec_changed_under_way_stops_the_run(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("rehearse.shop.dump")
    changed = Retirement(shop_spec(scene.folder, **{"Legacy shop": "Another shop"}), "execute")
    with pytest.raises(Refusal, match="the spec was changed while the run was under way"):
        changed.run("rehearse.shop.dump")


def test_a_table_that_came_after_the_catalogue_stops_the_copy(run_before: Callable[[str], Scene]) -> None:
    scene = run_before("rehearse.shop.prepare")
    with connect(scene.source, "tests") as connection:
        connection.execute("CREATE TABLE shop.late (id int)")
    with pytest.raises(Refusal, match=r"came or went since they were catalogued: shop\.late"):
        scene.run.run("rehearse.shop.prepare")
    scene.run.run("rehearse.shop.drop_sandbox")
