"""Every asset of every source is found and gets its disposition."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.discover import DiscoverAssets
from sunset_stages.file_trees import discover_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def discover(spec: Spec) -> TaskGroup:
    with TaskGroup("discover", tooltip="Catalogue every asset") as stage:
        for source in source_groups(spec):
            DiscoverAssets(task_id="catalogue", spec=spec, source=source, trigger_rule=ANY_SOURCE)
        discover_files(spec)
    return stage
