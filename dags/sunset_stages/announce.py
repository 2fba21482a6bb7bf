"""The people concerned are told."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.announce import PreviewNotices


def announce(spec: Spec) -> TaskGroup:
    with TaskGroup("announce", tooltip="Preview the notices") as stage:
        PreviewNotices(task_id="preview", spec=spec)
    return stage
