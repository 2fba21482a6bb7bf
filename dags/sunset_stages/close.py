"""The verdict, always the last task and always run: the colour of the run is the colour of this task."""

from __future__ import annotations

from airflow.sdk import TaskGroup, TriggerRule

from sunset.spec import Spec
from sunset_operators.close import GiveVerdict


def close(spec: Spec) -> TaskGroup:
    with TaskGroup("close", tooltip="The verdict over the whole run") as stage:
        GiveVerdict(task_id="verdict", spec=spec, trigger_rule=TriggerRule.ALL_DONE)
    return stage
