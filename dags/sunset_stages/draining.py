"""The migration of a source that was followed: what is left to do when it stands still."""

from __future__ import annotations

from typing import Any

from airflow.sdk import chain

from sunset.spec import Spec
from sunset.spec.sources import DatabaseSource
from sunset_operators.replicate import CompleteFollowed, DrainTarget
from sunset_stages.joins import ANY_SOURCE


def drain_database(spec: Spec, source: DatabaseSource) -> None:
    """The last changes, then triggers, foreign keys and sequences."""
    common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
    chain(
        DrainTarget(task_id="drain", trigger_rule=ANY_SOURCE, **common),
        CompleteFollowed(task_id="complete", **common),
    )
