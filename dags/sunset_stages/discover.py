"""Every asset of every source is found, looked at and decided on; then the catalogue is laid out for people."""

from __future__ import annotations

from airflow.sdk import BaseOperator, TaskGroup

from sunset.spec import Spec
from sunset_operators.discover import DiscoverAssets, WriteCatalogue
from sunset_stages.file_trees import discover_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def discover(spec: Spec) -> TaskGroup:
    with TaskGroup("discover", tooltip="Catalogue every asset") as stage:
        found: list[BaseOperator] = [
            DiscoverAssets(task_id="catalogue", spec=spec, source=source, trigger_rule=ANY_SOURCE)
            for source in source_groups(spec)
        ]
        found += discover_files(spec)
        found >> WriteCatalogue(task_id="write_catalogue", spec=spec, trigger_rule=ANY_SOURCE)
    return stage
