"""The target takes over."""

from __future__ import annotations

from airflow.sdk import TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.cut_over import RecordCutover
from sunset_operators.release import RemoveCheckpoint
from sunset_stages.sources import source_groups


def cut_over(spec: Spec) -> TaskGroup:
    with TaskGroup("cut_over", tooltip="The target takes over; the source stays read-only") as stage:
        record = RecordCutover(task_id="record", spec=spec, from_mode="execute")
        for source in source_groups(spec):
            chain(record, RemoveCheckpoint(task_id="remove_checkpoint", spec=spec, source=source, from_mode="execute"))
    return stage
