"""What would stop the copy is found before anything is written."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.assess import AssessSource
from sunset_operators.replicate import AssessFollowedSource
from sunset_stages.file_trees import assess_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def assess(spec: Spec) -> TaskGroup:
    with TaskGroup("assess", tooltip="Preflight of source, target and sandbox") as stage:
        for source in source_groups(spec):
            assess_source = AssessFollowedSource if source in spec.followed else AssessSource
            assess_source(task_id="preflight", spec=spec, source=source, trigger_rule=ANY_SOURCE)
        assess_files(spec)
    return stage
