from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.api import TaskState
from demo.watch import Snapshot

pytestmark = pytest.mark.unit


def snapshot(*states: tuple[str, str | None], state: str = "running") -> Snapshot:
    tasks = [TaskState(task_id, -1, task_state) for task_id, task_state in states]
    return Snapshot(state, tasks, [], datetime.now(UTC))


def test_line_names_the_stage_at_work() -> None:
    shown = str(snapshot(("decide.record", "success"), ("plan.write", "running"), ("close.verdict", None)))
    assert shown.split() == ["plan", "1", "of", "3", "tasks"]


def test_between_two_tasks_the_last_stage_that_ran_is_named() -> None:
    shown = str(snapshot(("decide.record", "success"), ("approve.go", "skipped"), ("close.verdict", None)))
    assert shown.split() == ["decide", "2", "of", "3", "tasks"]
    assert str(snapshot()).split() == ["starting", "0", "of", "0", "tasks"]


def test_failures_are_the_tasks_that_failed_themselves() -> None:
    ended = snapshot(("a.x", "failed"), ("b.y", "upstream_failed"), ("c.z", "success"), state="failed")
    assert ended.failures == ["a.x"]
    assert ended.ended
    assert not snapshot(("a.x", "failed")).ended
