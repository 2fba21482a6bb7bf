"""The same step tried twice at once, as after a lost heartbeat: one may be told to wait, and the result is one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from services import children
from services.kept import Scene
from services.leftovers import assert_nothing_left
from services.places import same_content
from services.trying import retried

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.parametrize("step", ["prepare", "copy", "complete"])
@pytest.mark.parametrize("stage", ["migrate", "rehearse"])
def test_two_tries_at_once(run_before: Callable[[str], Scene], stage: str, step: str) -> None:
    task_id = f"{stage}.shop.{step}"
    scene = run_before(task_id)
    tries = [children.start(partial(scene.run.run, task_id)) for _ in range(2)]
    outcomes = [children.outcome(child) for child in tries]
    assert 0 in outcomes
    retried(scene.run, task_id)  # a third try finds it done, whatever became of the two
    if stage == "migrate":
        scene.run.run_through("cut_over.record", start=task_id)
        assert same_content(scene.source, scene.target, "shop.tmp_import")
    else:
        scene.run.run_through("rehearse.record_round", start=task_id)
    assert_nothing_left(scene.places.server, scene.target, scene.folder / "work")
