"""One round: a backup restored and compared, a copy in a sandbox validated, the sandbox dropped, the round recorded.

Scheduled runs end here. An execution makes one last round of its own.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, TriggerRule, chain

from sunset.spec import Spec
from sunset_operators.backup import DumpSource, RestoreBackup
from sunset_operators.destination import Sandbox
from sunset_operators.rounds import RecordRound
from sunset_operators.sandbox import DropSandbox, OpenSandbox
from sunset_operators.validate import ValidateSource
from sunset_operators.vault import TrialVault
from sunset_stages.copying import copy_database
from sunset_stages.file_trees import rehearse_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def rehearse(spec: Spec) -> TaskGroup:
    vault, sandbox = TrialVault(), Sandbox()
    ends: list[BaseOperator] = []
    with TaskGroup("rehearse", tooltip="Backup restored, copy in a sandbox validated, round recorded") as stage:
        for source in source_groups(spec):
            common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "rehearse"}
            dump = DumpSource(task_id="dump", vault=vault, trigger_rule=ANY_SOURCE, **common)
            restore = RestoreBackup(task_id="restore", vault=vault, **common)
            opened = OpenSandbox(task_id="open_sandbox", **common)
            prepare, complete = copy_database(spec, source, sandbox, "rehearse")
            validate = ValidateSource(task_id="validate", destination=sandbox, record_stage="rehearse", **common)
            drop = DropSandbox(task_id="drop_sandbox", **common)
            chain(dump, restore, opened, prepare)
            chain(complete, validate, drop.as_teardown())
            ends += [validate, drop]
        ends += rehearse_files(spec)
        # Recorded whatever happened: a round that broke off is a round that was not clean.
        record = RecordRound(task_id="record_round", spec=spec, from_mode="rehearse", trigger_rule=TriggerRule.ALL_DONE)
        chain(ends, record)
    return stage
