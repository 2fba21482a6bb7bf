"""File sources inside the stages: each a group of its own, as the other sources are.

A file tree has no dump: it is copied as it is, the copy is read back byte for byte, and the source stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, chain

from sunset.spec import Spec
from sunset.spec.sources import FileSource
from sunset_operators.file_copy import CompleteFiles, CopyFiles, PrepareFiles
from sunset_operators.file_destination import FileDestination, FileSandbox, FileTarget
from sunset_operators.file_places import TASKS
from sunset_operators.file_proofs import (
    CleanUpFiles,
    DropFileSandbox,
    ProveFilesStoodStill,
    ProveFilesUnchanged,
    ValidateFiles,
)
from sunset_operators.file_survey import AssessFiles, DiscoverFiles, FreezeFiles
from sunset_operators.retries import WITH_BACK_OFF
from sunset_operators.stage_run import Mode
from sunset_stages.joins import ANY_SOURCE


def discover_files(spec: Spec) -> list[BaseOperator]:
    """Returns the tasks that the whole catalogue waits for."""
    return [
        DiscoverFiles(task_id="catalogue", spec=spec, source=source, trigger_rule=ANY_SOURCE)
        for source in _groups(spec)
    ]


def assess_files(spec: Spec) -> None:
    for source in _groups(spec):
        AssessFiles(task_id="preflight", spec=spec, source=source, trigger_rule=ANY_SOURCE)


def rehearse_files(spec: Spec) -> list[BaseOperator]:
    """Returns the tasks that a round waits for."""
    sandbox, ends = FileSandbox(), list[BaseOperator]()
    for source in _groups(spec):
        common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "rehearse"}
        complete = _copy(spec, source, sandbox, "rehearse")
        validate = ValidateFiles(task_id="validate", destination=sandbox, record_stage="rehearse", **common)
        drop = DropFileSandbox(task_id="drop_sandbox", destination=sandbox, **common)
        chain(complete, validate, drop.as_teardown())
        ends += [validate, drop]
    return ends


def freeze_files(spec: Spec) -> None:
    for source in _groups(spec):
        FreezeFiles(task_id="freeze", spec=spec, source=source, from_mode="execute", trigger_rule=ANY_SOURCE)


def migrate_files(spec: Spec) -> None:
    for source in _groups(spec):
        _copy(spec, source, FileTarget(), "execute")


def validate_files(spec: Spec) -> None:
    for source in _groups(spec):
        common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
        still = ProveFilesStoodStill(task_id="source_stood_still", stage="validate", trigger_rule=ANY_SOURCE, **common)
        chain(still, ValidateFiles(task_id="compare", destination=FileTarget(), record_stage="validate", **common))


def prove_files(spec: Spec) -> list[BaseOperator]:
    """The proofs before the cutover; returns the last task of each source."""
    proven = list[BaseOperator]()
    for source in _groups(spec):
        common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute", "stage": "cut_over"}
        still = ProveFilesStoodStill(task_id="source_stood_still", **common)
        unchanged = ProveFilesUnchanged(task_id="target_unchanged", **common)
        chain(still, unchanged)
        proven.append(unchanged)
    return proven


def clean_up_files(spec: Spec) -> list[BaseOperator]:
    """Teardowns, run whatever became of the run."""
    tasks = list[BaseOperator]()
    for source in _groups(spec):
        tasks.append(CleanUpFiles(task_id="clean_up", spec=spec, source=source, from_mode="execute").as_teardown())
    return tasks


def _copy(spec: Spec, source: FileSource, destination: FileDestination, from_mode: Mode) -> BaseOperator:
    common: dict[str, Any] = {"spec": spec, "source": source, "destination": destination, "from_mode": from_mode}
    prepare = PrepareFiles(task_id="prepare", trigger_rule=ANY_SOURCE, **common)
    copy = CopyFiles.partial(
        task_id="copy",
        map_index_template="{{ task.called }}",
        max_active_tis_per_dagrun=TASKS,
        **common,
        **WITH_BACK_OFF,
    ).expand_kwargs(prepare.output)
    complete = CompleteFiles(task_id="complete", **common)
    chain(prepare, copy, complete)
    return complete


def _groups(spec: Spec) -> Iterator[FileSource]:
    """Open a group for each file source; tasks made before the next step belong to it."""
    for source in spec.sources.files:
        with TaskGroup(source.name, tooltip=f"Files {source.name}"):
            yield source
