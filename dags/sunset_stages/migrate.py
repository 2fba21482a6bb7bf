"""The full copy into the target."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.destination import Target
from sunset_stages.copying import copy_database
from sunset_stages.draining import drain_database
from sunset_stages.file_trees import migrate_files
from sunset_stages.sources import source_groups


def migrate(spec: Spec) -> TaskGroup:
    target = Target()
    with TaskGroup("migrate", tooltip="Copy everything to the target") as stage:
        for source in source_groups(spec):
            if source in spec.followed:
                drain_database(spec, source)
            else:
                copy_database(spec, source, target, "execute")
        migrate_files(spec)
    return stage
