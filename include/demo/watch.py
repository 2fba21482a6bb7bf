"""Follows a run from outside, as somebody who looks at the UI does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from demo.api import AirflowApi, Question, RunRef, TaskState

_POLL_SECONDS = 1.0
_RUN_SECONDS = 900.0
_FINISHED = ("success", "skipped", "failed", "upstream_failed", "removed")
_WORKING = ("running", "queued", "scheduled", "up_for_retry", "awaiting_input", "deferred")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        state: the run's state.
        tasks: its task instances.
        questions: the gates that wait for an answer.
        heartbeat: when the scheduler last finished a round.
    """

    state: str
    tasks: list[TaskState]
    questions: list[Question]
    heartbeat: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("success", "failed")

    @property
    def failures(self) -> list[str]:
        """The tasks that failed themselves, not because of another."""
        return [task.task_id for task in self.tasks if task.state == "failed"]

    def __str__(self) -> str:
        working = [task.stage for task in self.tasks if task.state in _WORKING]
        finished = [task for task in self.tasks if task.state in _FINISHED]
        ran = [task.stage for task in finished if task.state != "skipped"]
        stage = (working or ran[-1:] or ["starting"])[0]
        return f"{stage:<12} {len(finished)} of {len(self.tasks)} tasks"


def follow(api: AirflowApi, run: RunRef) -> Iterator[Snapshot]:
    """Look at the run about once a second; the last snapshot is of its end.

    Raises:
        Refusal: it took too long.
    """
    deadline = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < deadline:
        snapshot = Snapshot(api.state(run), api.tasks(run), api.questions(run), api.scheduler_heartbeat())
        yield snapshot
        if snapshot.ended:
            return
        time.sleep(_POLL_SECONDS)
    raise Refusal("The run does not come to an end.", where=run.run_id, remedy="Look at its tasks in the UI.")
