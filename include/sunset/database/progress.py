"""The progress of one copy over all its workers: one line at most every ten seconds, not one a worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from sunset.engine import Progress, Report, Unit

REPORT_SECONDS = 10.0


class Tally:
    """Counts what the workers of one copy have moved, and reports it.

    Args:
        name: of the copied database.
        units: all that is to be copied.
        report: gets the progress.
        seconds: the least time between two reports.
    """

    def __init__(self, name: str, units: Iterable[Unit], report: Report, seconds: float = REPORT_SECONDS) -> None:
        self._name = name
        self._left = {unit.name: unit.bytes for unit in units}
        self._report = report
        self._seconds = seconds
        self._lock = threading.Lock()
        self._started = self._reported = time.monotonic()
        self._rows = self._bytes = 0
        self._moving: dict[str, Progress] = {}

    def begin(self, unit: Unit) -> Callable[[int, int], None]:
        """A unit is begun; what is returned is told the rows and bytes of it as they pass."""
        started = time.monotonic()

        def passed(rows: int, size: int) -> None:
            with self._lock:
                before = self._moving.get(unit.name)
                had_rows, had_bytes = (before.rows, before.bytes) if before else (0, 0)
                now = time.monotonic()
                self._moving[unit.name] = Progress(
                    unit.name, had_rows + rows, had_bytes + size, now - started, unit.bytes
                )
                self._rows += rows
                self._bytes += size
                if now - self._reported >= self._seconds:
                    self._reported = now
                    self._report(self._whole(now))

        return passed

    def end(self, unit: Unit) -> None:
        """A unit is copied, or was found so; the last one is reported in any case."""
        with self._lock:
            self._moving.pop(unit.name, None)
            self._left.pop(unit.name, None)
            if not self._left:
                self._report(self._whole(time.monotonic()))

    def _whole(self, now: float) -> Progress:
        # Sizes are estimates of what is stored, text is longer or shorter: what is left is estimated, not what is done.
        left = sum(
            max(size - self._moving[name].bytes, 0) if name in self._moving else size
            for name, size in self._left.items()
        )
        parts = tuple(self._moving.values())
        return Progress(self._name, self._rows, self._bytes, now - self._started, self._bytes + left, parts)
