"""The copy of one database, the same three steps in a rehearsal and in the migration."""

from __future__ import annotations

from typing import Any

from airflow.sdk import chain

from sunset.spec import Spec
from sunset.spec.sources import ApiSource, DatabaseSource
from sunset_operators.copy import CompleteTarget, CopyPack, PrepareTarget
from sunset_operators.destination import Destination
from sunset_operators.retries import WITH_BACK_OFF
from sunset_operators.stage_run import Mode
from sunset_stages.joins import ANY_SOURCE


def copy_database(
    spec: Spec, source: DatabaseSource | ApiSource, destination: Destination, from_mode: Mode
) -> tuple[Any, Any]:
    """Returns the first and the last task."""
    common: dict[str, Any] = {"spec": spec, "source": source, "destination": destination, "from_mode": from_mode}
    prepare = PrepareTarget(task_id="prepare", trigger_rule=ANY_SOURCE, **common)
    copy = CopyPack.partial(
        task_id="copy",
        map_index_template="{{ task.called }}",
        max_active_tis_per_dagrun=source.parallel,
        **common,
        **WITH_BACK_OFF,
    ).expand_kwargs(prepare.output)
    complete = CompleteTarget(task_id="complete", **common)
    chain(prepare, copy, complete)
    return prepare, complete
