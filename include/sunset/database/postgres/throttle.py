"""A bound on the rows that are read a second, shared by the connections of one task."""

from __future__ import annotations

import threading
import time


class Throttle:
    """Makes callers wait so that over time no more than `rows_per_second` rows pass; None lets all pass."""

    def __init__(self, rows_per_second: int | None) -> None:
        self._rate = rows_per_second
        self._lock = threading.Lock()
        self._free_at = 0.0

    def pay(self, rows: int) -> None:
        if self._rate is None:
            return
        with self._lock:
            start = max(time.monotonic(), self._free_at)
            self._free_at = start + rows / self._rate
        time.sleep(max(start - time.monotonic(), 0.0))
