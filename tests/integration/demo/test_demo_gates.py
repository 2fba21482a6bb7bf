from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.api import Question, RunRef
from demo.gates import Approvers
from sunset.errors import Refusal

pytestmark = pytest.mark.unit

RUN = RunRef("sunset_x", "run")


@dataclass
class Desk:
    """Stands in for Airflow: takes down who answered what."""

    answers: list[tuple[str, str, str]] = field(default_factory=list)

    def sign_in(self, user: str) -> Any:
        return SignedIn(self, user)


@dataclass
class SignedIn:
    desk: Desk
    user: str

    def answer(self, run: RunRef, question: Question, option: str) -> None:
        self.desk.answers.append((self.user, question.task_id, option))


def question(task_id: str, *assigned: str) -> Question:
    return Question(task_id, -1, "Go?", assigned, {"comment": ""})


def beat(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_answer_waits_for_two_rounds_of_the_scheduler() -> None:
    desk = Desk()
    approvers = Approvers(desk.sign_in)
    asked = [question("approve.go", "ann", "bob")]
    for heartbeat in (beat(-1), beat(1), same := beat(3), same, same):
        approvers.attend(RUN, asked, heartbeat)
        assert desk.answers == []
    approvers.attend(RUN, asked, beat(4))
    assert desk.answers == [("ann", "approve.go", "Approve")]


def test_gates_are_answered_by_different_people() -> None:
    desk = Desk()
    approvers = Approvers(desk.sign_in)
    for task_id in ("approve.go", "accept.it"):
        for heartbeat in (beat(3), beat(4)):
            approvers.attend(RUN, [question(task_id, "ann", "bob")], heartbeat)
    assert [user for user, *_ in desk.answers] == ["ann", "bob"]


def test_lost_answer_is_given_again_by_the_same_person_and_not_for_ever() -> None:
    desk = Desk()
    approvers = Approvers(desk.sign_in)
    asked = [question("approve.go", "ann", "bob")]
    for seconds in range(3, 9):
        approvers.attend(RUN, asked, beat(seconds))
    assert [user for user, *_ in desk.answers] == ["ann", "ann", "ann"]
    approvers.attend(RUN, asked, beat(9))
    with pytest.raises(Refusal, match="do not hold"):
        approvers.attend(RUN, asked, beat(10))


def test_gate_that_was_away_meanwhile_counts_anew() -> None:
    desk = Desk()
    approvers = Approvers(desk.sign_in)
    asked = [question("approve.go", "ann")]
    approvers.attend(RUN, asked, beat(3))
    approvers.attend(RUN, [], beat(4))
    approvers.attend(RUN, asked, beat(5))
    assert desk.answers == []


def test_gate_without_people_is_refused() -> None:
    approvers = Approvers(Desk().sign_in)
    asked = [question("approve.go")]
    approvers.attend(RUN, asked, beat(3))
    with pytest.raises(Refusal, match="Nobody is assigned"):
        approvers.attend(RUN, asked, beat(4))
