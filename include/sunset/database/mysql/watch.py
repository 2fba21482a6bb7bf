"""A watch over a session: it is given up when nobody is left at the other end, though the connection still stands.

Silence alone says nothing: a query may work for hours before its first row. So a second session asks the server what
the first one is doing, as `sunset.database.postgres.session` does. The driver's own limit on waiting for an answer
could not tell the one from the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Watch:
    """One session under watch.

    Attributes:
        look: what the session stands still at; None while the server is at work for it.
        give_up: ends the session, so that whoever waits for it gets an error.
        patience: seconds of silence after which it is given up.
        waiting_since: when somebody began to wait for the server; None while nobody does.
    """

    look: Callable[[], str | None]
    give_up: Callable[[], None]
    patience: float
    waiting_since: float | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def kept(self) -> Iterator[Watch]:
        """Watch while the block runs."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def wait(self, ask: Callable[[], T]) -> T:
        """What the server answers; it is called for every row."""
        self.waiting_since = time.monotonic()
        try:
            return ask()
        finally:
            self.waiting_since = None

    def _run(self) -> None:
        asked: float | None = None
        seen: str | None = None
        while not self._over.wait(self.patience / 2):
            since = self.waiting_since
            if since is None or time.monotonic() - since < self.patience / 2:
                continue
            before = seen if since == asked else None
            asked, seen = since, self.look()
            if seen is not None and seen == before and self.waiting_since == since:
                self.give_up()
                return
