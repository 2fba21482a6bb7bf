"""Data, documents and ledger go into one bag, which is verified where it lies."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_operators.archive import ArchiveRun
from sunset_stages.joins import ANY_SOURCE


def archive(spec: Spec) -> ArchiveRun:
    with TaskGroup("archive", tooltip="Pack, store and verify the archive"):
        return ArchiveRun(task_id="pack_and_verify", spec=spec, from_mode="execute", trigger_rule=ANY_SOURCE)
