"""The backup of the frozen source; it counts when it was restored and compared."""

from __future__ import annotations

from typing import Any

from airflow.sdk import TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.backup import DumpSource, RestoreBackup
from sunset_operators.vault import DossierVault
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def back_up(spec: Spec) -> TaskGroup:
    vault = DossierVault()
    with TaskGroup("back_up", group_display_name="back up", tooltip="Backup, restored and compared") as stage:
        for source in source_groups(spec):
            common: dict[str, Any] = {"spec": spec, "source": source, "vault": vault, "from_mode": "execute"}
            dump = DumpSource(task_id="dump", trigger_rule=ANY_SOURCE, **common)
            chain(dump, RestoreBackup(task_id="restore", **common))
    return stage
