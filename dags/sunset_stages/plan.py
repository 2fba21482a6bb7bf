"""The plan is written. Here a dry run ends; an undecided asset stops every other run."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.plan import WritePlan
from sunset_stages.joins import ANY_SOURCE


def plan(spec: Spec) -> TaskGroup:
    with TaskGroup("plan", tooltip="Write the plan") as stage:
        WritePlan(task_id="write", spec=spec, trigger_rule=ANY_SOURCE)
    return stage
