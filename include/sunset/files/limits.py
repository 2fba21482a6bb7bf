"""Bounds on the load that a copy puts on both sides."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard one task may work.

    Attributes:
        parallel: transfers at once.
        bytes_per_second: upper limit over all transfers of the task; None for no limit.
        timeout: seconds that one side may stay silent.
        tries: times in a row that a file may break off without a single new byte.
        pause: seconds before the first of them is tried again; doubled each time.
    """

    parallel: int = 8
    bytes_per_second: int | None = None
    timeout: float = 60.0
    tries: int = 4
    pause: float = 1.0


@dataclass(slots=True)
class Throttle:
    """Spreads bytes over time; shared by the threads of a task."""

    bytes_per_second: int | None
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, size: int) -> None:
        """Wait until so many more bytes are within the limit."""
        if self.bytes_per_second is None:
            return
        with self._lock:
            now = time.monotonic()
            wait = max(self._free_at - now, 0.0)
            self._free_at = now + wait + size / self.bytes_per_second
        time.sleep(wait)
