"""How far the copies of a run are: a state beside its dossier, overwritten as they go on, and no evidence.

What a copy came to in the end stands in the record of its pack.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset.dossier.canonical import encode
from sunset.dossier.names import safe_name

if TYPE_CHECKING:
    from sunset.dossier.store import Store
    from sunset.engine import Progress

PROGRESS = "progress"
"""The folder beside the dossiers of a product."""


def keep_progress(store: Store, stage: str, name: str, progress: Progress) -> None:
    """Write down how far one task is.

    Args:
        store: the run's folder of progress.
        stage: stage that copies.
        name: of what is copied by the task.
        progress: its state.
    """
    store.replace(f"{stage}/{safe_name(name)}.json", encode({**progress.to_json(), "at": _now()}))


def read_progress(store: Store) -> dict[str, dict[str, Any]]:
    """The figures of `Progress.to_json` of every task of a run, with the time, `at`, by stage and name."""
    return {path.removesuffix(".json"): json.loads(store.read(path)) for path in store.list()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
