"""What a copy task tells while it works: its log, and the state that others read beside the dossier."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sunset.dossier.progress import PROGRESS, keep_progress
from sunset.errors import SunsetError
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from sunset.engine import Progress, Report
    from sunset_operators.stage_run import StageRun

_log = logging.getLogger(__name__)


class Told:
    """A report that hands every progress on, and keeps the last."""

    def __init__(self, run: StageRun, stage: str, name: str, report: Report) -> None:
        self._store = run.product_store.child(PROGRESS).child(run_folder(run.run_id))
        self._stage, self._name, self._report = stage, name, report
        self._last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        self._last = progress
        self._report(progress)
        try:
            keep_progress(self._store, self._stage, self._name, progress)
        except SunsetError as error:  # the rows matter more than what is told of them
            _log.warning("the progress could not be kept: %s", error)

    @property
    def figures(self) -> dict[str, Any] | None:
        """What was last told; None where nothing was copied, because all was found finished."""
        return self._last.to_json() if self._last and self._last.bytes else None
