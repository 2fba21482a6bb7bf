"""The target takes over, if neither side moved while people were asked."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, chain, cross_downstream

from sunset.spec import Spec
from sunset_operators.cut_over import RecordCutover
from sunset_operators.release import RemoveCheckpoint
from sunset_operators.validate import ProveSourceStoodStill, ProveTargetUnchanged
from sunset_stages.file_trees import prove_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def cut_over(spec: Spec) -> TaskGroup:
    with TaskGroup(
        "cut_over", group_display_name="cut over", tooltip="The target takes over; the source stays read-only"
    ) as stage:
        proven: list[BaseOperator] = []
        removed: list[BaseOperator] = []
        for source in source_groups(spec):
            common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
            still = ProveSourceStoodStill(task_id="source_stood_still", stage="cut_over", **common)
            unchanged = ProveTargetUnchanged(task_id="target_unchanged", **common)
            chain(still, unchanged)
            proven.append(unchanged)
            removed.append(RemoveCheckpoint(task_id="remove_checkpoint", trigger_rule=ANY_SOURCE, **common))
        files = prove_files(spec)
        # Nothing is taken off any target before all sources are proven.
        record = RecordCutover(task_id="record", spec=spec, from_mode="execute", trigger_rule=ANY_SOURCE)
        cross_downstream([*proven, *files], removed)
        chain([*removed, *files], record)
    return stage
