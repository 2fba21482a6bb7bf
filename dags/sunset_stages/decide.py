"""The decision goes on record. An execution is let in only in its window, with its clean rounds behind it."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.decide import RecordDecision


def decide(spec: Spec) -> TaskGroup:
    with TaskGroup("decide", tooltip="Record the decision; check what an execution needs") as stage:
        RecordDecision(task_id="record", spec=spec)
    return stage
