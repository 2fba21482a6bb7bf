"""The verdict, always the last task and always run: the colour of the run is the colour of this task."""

from __future__ import annotations

from airflow.sdk import TaskGroup, TriggerRule, chain

from sunset.spec import Spec
from sunset_operators.close import GiveVerdict
from sunset_operators.freeze import ThawSource


def close(spec: Spec, teardowns: list[ThawSource]) -> TaskGroup:
    with TaskGroup("close", tooltip="The verdict over the whole run") as stage:
        verdict = GiveVerdict(task_id="verdict", spec=spec, trigger_rule=TriggerRule.ALL_DONE)
        chain(teardowns, verdict)  # arrows between groups pass teardowns by
    return stage
