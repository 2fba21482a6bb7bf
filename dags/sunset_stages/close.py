"""The verdict, always the last task and always run: the colour of the run is the colour of this task.

It is a teardown that may fail the run, so that it is also given when the run is marked as failed by hand.
"""

from __future__ import annotations

from airflow.sdk import BaseOperator, TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.close import GiveVerdict


def close(spec: Spec, last: list[BaseOperator]) -> TaskGroup:
    """The verdict behind the last tasks of the run; arrows between groups pass teardowns by, so they are drawn here."""
    with TaskGroup("close", tooltip="The verdict over the whole run") as stage:
        verdict = GiveVerdict(task_id="verdict", spec=spec)
        chain(last, verdict.as_teardown(on_failure_fail_dagrun=True))
    return stage
