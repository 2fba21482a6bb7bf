"""The people of the demo answer the gates that are put to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sunset.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.api import AirflowApi, Question, RunRef

APPROVE = "Approve"
_SETTLED = timedelta(seconds=2)
_HEARTBEATS = 2
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when a gate is known to wait, and the scheduler's heartbeats after it had settled."""

    since: datetime
    heartbeats: set[datetime] = field(default_factory=set)

    def note(self, heartbeat: datetime) -> None:
        """Take down a heartbeat; the same one again changes nothing."""
        if heartbeat > self.since + _SETTLED:
            self.heartbeats.add(heartbeat)

    @property
    def noticed(self) -> bool:
        """Whether the scheduler has gone through a whole round since, and so knows that the gate waits."""
        return len(self.heartbeats) >= _HEARTBEATS


@dataclass(frozen=True, slots=True)
class Approvers:
    """Approves whatever a run asks, each gate by another of its assigned people.

    An answer that comes before the scheduler has noticed that the task waits is lost, and the task asks once
    more (apache/airflow#66374). So answers wait for the scheduler's heartbeat, and are given again when lost.

    Attributes:
        sign_in: gives the API as the user of that name.
        waiting: the gates that wait at the moment, by task id.
        answered: who answered which gate, in order.
    """

    sign_in: Callable[[str], AirflowApi]
    waiting: dict[str, Waiting] = field(default_factory=dict)
    answered: list[tuple[str, str]] = field(default_factory=list)

    def attend(self, run: RunRef, questions: list[Question], heartbeat: datetime) -> None:
        """Answer what the scheduler knows to be waiting.

        Raises:
            Refusal: a gate has nobody assigned, or lost its answer again and again.
        """
        for task_id in self.waiting.keys() - {question.task_id for question in questions}:
            del self.waiting[task_id]
        for question in questions:
            waiting = self.waiting.setdefault(question.task_id, Waiting(datetime.now(UTC)))
            waiting.note(heartbeat)
            if waiting.noticed:
                self._answer(run, question)

    def _answer(self, run: RunRef, question: Question) -> None:
        if [task_id for _, task_id in self.answered].count(question.task_id) == _TRIES:
            raise Refusal("Its answers do not hold.", where=question.task_id, remedy="Answer it in the UI.")
        user = self._pick(question)
        self.sign_in(user).answer(run, question, APPROVE)
        self.answered.append((user, question.task_id))
        del self.waiting[question.task_id]

    def _pick(self, question: Question) -> str:
        """Someone who has not answered another gate of this run, if there is one."""
        if not question.assigned:
            raise Refusal("Nobody is assigned to this gate.", where=question.task_id, remedy="Name an approver.")
        busy = {user for user, task_id in self.answered if task_id != question.task_id}
        return next((user for user in question.assigned if user not in busy), question.assigned[0])
