"""What Airflow itself knows of a run: its state, and what the people at its gates were asked and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEWEST = 200


@dataclass(frozen=True, slots=True)
class RunState:
    """A run in Airflow's database: its state there, and when it started or is to start."""

    run_id: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What named people were asked at a gate.

    Attributes:
        gate: the stage that holds the gate.
        subject: the question, in one line.
        body: the question as it was put, in Markdown.
        asked: user ids of those who may answer.
        asked_at: when it was put.
        waiting: whether it still waits for its answer.
        answer: the option that was chosen; empty without an answer.
        by: user id of who answered.
        at: when the answer was given.
        comment: what was said with it.
    """

    gate: str
    subject: str
    body: str
    asked: tuple[str, ...]
    asked_at: datetime
    waiting: bool
    answer: str
    by: str
    at: datetime | None
    comment: str


def run_states(dag_id: str) -> tuple[RunState, ...]:
    """The newest runs of a DAG, newest first."""
    from sqlalchemy import select

    newest = (
        select(DagRun.run_id, DagRun.state, DagRun.start_date, DagRun.run_after)
        .where(DagRun.dag_id == dag_id)
        .order_by(DagRun.run_after.desc())
        .limit(_NEWEST)
    )
    with create_session() as session:
        return tuple(
            RunState(run_id, str(state), start or after) for run_id, state, start, after in session.execute(newest)
        )


def questions(dag_id: str, run_id: str) -> tuple[Question, ...]:
    """The questions of a run, in the order in which they were put."""
    from sqlalchemy import select

    put = (
        select(HITLDetail, TaskInstance.task_id, TaskInstance.state)
        .join(TaskInstance, TaskInstance.id == HITLDetail.ti_id)
        .where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id)
        .order_by(HITLDetail.created_at)
    )
    with create_session() as session:
        return tuple(_question(detail, task_id, str(state)) for detail, task_id, state in session.execute(put).unique())


def _question(detail: HITLDetail, task_id: str, state: str) -> Question:
    given: Mapping[str, Any] = detail.params_input or {}
    return Question(
        gate=task_id.partition(".")[0],
        subject=detail.subject,
        body=detail.body or "",
        asked=tuple(user["id"] for user in detail.assigned_users),
        asked_at=detail.created_at,
        waiting=detail.responded_at is None and state == "awaiting_input",
        answer=", ".join(detail.chosen_options or []),
        by=detail.responded_by_user_id or "",
        at=detail.responded_at,
        comment=str(given.get("comment") or ""),
    )
