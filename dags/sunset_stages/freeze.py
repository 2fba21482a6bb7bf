"""The source becomes read-only.

Its thaw is a teardown without a setup: it runs whatever happens between here and the cutover, also when the run is
marked as failed by hand, and also when the freeze itself failed half-way.
"""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.freeze import FreezeSource, ThawSource
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def freeze(spec: Spec) -> TaskGroup:
    with TaskGroup("freeze", tooltip="Make the source read-only") as stage:
        for source in source_groups(spec):
            FreezeSource(task_id="freeze", spec=spec, source=source, from_mode="execute", trigger_rule=ANY_SOURCE)
    return stage


def thaw(spec: Spec) -> list[ThawSource]:
    tasks = []
    with TaskGroup("thaw", tooltip="Writable again, unless the run was cut over"):
        for source in source_groups(spec):
            task = ThawSource(task_id="thaw", spec=spec, source=source, from_mode="execute")
            task.as_teardown()
            tasks.append(task)
    return tasks
