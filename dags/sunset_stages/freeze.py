"""The source becomes read-only.

Its thaw is a teardown without a setup: it runs whatever happens between here and the cutover, also when the run is
marked as failed by hand, and also when the freeze itself failed half-way.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, TaskGroup

from sunset.spec import Spec
from sunset_operators.freeze import FreezeSource, ThawSource
from sunset_operators.replicate import StopFollowing
from sunset_stages.file_trees import clean_up_files, freeze_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def freeze(spec: Spec) -> TaskGroup:
    with TaskGroup("freeze", tooltip="Make the source read-only") as stage:
        for source in source_groups(spec):
            FreezeSource(task_id="freeze", spec=spec, source=source, from_mode="execute", trigger_rule=ANY_SOURCE)
        freeze_files(spec)
    return stage


def thaw(spec: Spec) -> list[BaseOperator]:
    tasks: list[BaseOperator] = []
    with TaskGroup("thaw", tooltip="Writable again, unless the run was cut over"):
        for source in source_groups(spec):
            common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
            tasks.append(ThawSource(task_id="thaw", **common).as_teardown())
            if source in spec.followed:
                tasks.append(StopFollowing(task_id="stop_following", **common).as_teardown())
        tasks += clean_up_files(spec)
    return tasks
