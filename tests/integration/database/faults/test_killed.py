"""A worker killed at any moment of prepare, copy and complete: the next try is exact, and nothing is left over."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from functools import partial

import pytest

from services import children
from services.kept import Kept, Scene
from services.leftovers import assert_nothing_left
from services.places import same_content
from services.trying import killed_after, retried

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MOMENTS = 10
STAGES = ("migrate", "rehearse")
BEHIND = {"migrate": "cut_over.record", "rehearse": "rehearse.record_round"}
SEED = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))


def steps(stage: str) -> list[str]:
    return [f"{stage}.shop.{step}" for step in ("prepare", "copy", "complete")]


@pytest.fixture(scope="module")
def seconds(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """How long the steps of a stage take in a process that nobody kills."""
    took = {}
    for stage in STAGES:
        with kept.before(f"{stage}.shop.prepare", tmp_path_factory.mktemp(stage) / "run") as scene:
            began, last = time.monotonic(), f"{stage}.shop.complete"
            assert children.outcome(children.start(partial(scene.run.run_through, last, f"{stage}.shop.prepare"))) == 0
            took[stage] = time.monotonic() - began
    return took


@pytest.mark.parametrize("number", range(MOMENTS))
@pytest.mark.parametrize("stage", STAGES)
def test_the_next_try_makes_it_whole(
    run_before: Callable[[str], Scene], seconds: dict[str, float], stage: str, number: int
) -> None:
    share = (number + random.Random(f"{SEED} {stage} {number}").random()) / MOMENTS
    scene = run_before(f"{stage}.shop.prepare")
    left = killed_after(scene.run, steps(stage), share * seconds[stage])
    print(f"FAULTS_SEED={SEED}: killed at {share:.3f} of {seconds[stage]:.2f} s; left to do: {left}")
    for task_id in left:
        retried(scene.run, task_id)
    scene.run.run_through(BEHIND[stage], start=f"{stage}.shop.complete")
    if stage == "migrate":
        assert same_content(scene.source, scene.target, "shop.tmp_import")
    assert_nothing_left(scene.places.server, scene.target)
