"""What a copy task tells while it works: its log, the state that others read beside the dossier, and a standstill."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sunset.alarms.clock import stalled
from sunset.alarms.standstill import Standstill
from sunset.dossier.progress import PROGRESS, keep_progress
from sunset.errors import SunsetError
from sunset_operators.alarms import raise_alarms
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from sunset.engine import Progress, Report
    from sunset_operators.stage_run import StageRun

_log = logging.getLogger(__name__)
_NO_LIMIT = timedelta(days=3650)


class Told:
    """A report that hands every progress on, and keeps the last."""

    def __init__(self, run: StageRun, stage: str, name: str, report: Report) -> None:
        self._store = run.product_store.child(PROGRESS).child(run_folder(run.run_id))
        self._stage, self._name, self._report = stage, name, report
        self._standstill = standstill(run, stage, name)
        self._last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        if self._last is None or (progress.rows, progress.bytes) != (self._last.rows, self._last.bytes):
            self._standstill.moved()
        self._last = progress
        self._report(progress)
        try:
            keep_progress(self._store, self._stage, self._name, progress)
        except SunsetError as error:  # the rows matter more than what is told of them
            _log.warning("the progress could not be kept: %s", error)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch for a standstill as long as the copy is at work."""
        with self._standstill.watching():
            yield

    @property
    def figures(self) -> dict[str, Any] | None:
        """What was last told; None where nothing was copied, because all was found finished."""
        return self._last.to_json() if self._last and self._last.bytes else None


def standstill(run: StageRun, stage: str, name: str) -> Standstill:
    """The watch over one copy of a run: it raises an alarm, and lets the copy go on."""

    def alarm(quiet: timedelta) -> None:
        try:
            raise_alarms(run.spec, run.product_store, [stalled(run.spec, run.run_id, f"{stage}/{name}", quiet)])
        except SunsetError as error:  # a copy does not end because an alarm did not get through
            _log.warning("the alarm could not be sent: %s", error)

    return Standstill(run.spec.alarms.stalled_after or _NO_LIMIT, alarm)
