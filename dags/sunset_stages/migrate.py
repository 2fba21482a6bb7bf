"""The full copy into the target."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.destination import Target
from sunset_stages.copying import copy_database
from sunset_stages.sources import source_groups


def migrate(spec: Spec) -> TaskGroup:
    target = Target()
    with TaskGroup("migrate", tooltip="Copy everything to the target") as stage:
        for source in source_groups(spec):
            copy_database(spec, source, target, "execute")
    return stage
