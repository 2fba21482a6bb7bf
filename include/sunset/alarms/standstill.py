"""Watches one piece of work and calls out when nothing has moved for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta


class Standstill:
    """Knows when something last moved. One call a standstill: after a move it may call again."""

    def __init__(self, after: timedelta, stalled: Callable[[timedelta], None]) -> None:
        self._after = after.total_seconds()
        self._stalled = stalled
        self._moved = time.monotonic()
        self._ended = threading.Event()

    def moved(self) -> None:
        """Something moved, just now."""
        self._moved = time.monotonic()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch until the work has ended, in a thread beside it."""
        self.moved()
        watcher = threading.Thread(target=self._watch, name="standstill", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._ended.set()
            watcher.join()

    def _watch(self) -> None:
        called = 0.0
        while not self._ended.wait(max(self._moved + self._after - time.monotonic(), self._after / 10)):
            moved = self._moved
            if time.monotonic() - moved >= self._after and moved != called:
                called = moved
                self._stalled(timedelta(seconds=time.monotonic() - moved))
