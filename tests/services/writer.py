"""A product at work: it writes to its database until it cannot, and remembers what was confirmed to it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import SunsetError

Write = Callable[[psycopg.Connection, random.Random], object]


@dataclass
class Writer:
    """Runs one of its writes after the other in a thread, so many a second.

    Attributes:
        database: where it writes.
        writes: what it does; one is drawn each time.
        per_second: how often.
        confirmed: number of writes that the server confirmed.
        last_at: when it confirmed the last, by `time.monotonic`.
    """

    database: Endpoint
    writes: Sequence[Write]
    per_second: float = 200.0
    confirmed: int = 0
    last_at: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Writer:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def wait_for(self, more: int) -> None:
        """Wait until so many more writes are confirmed."""
        wanted = self.confirmed + more
        deadline = time.monotonic() + 60
        while self.confirmed < wanted:
            assert time.monotonic() < deadline, "the product cannot write"
            time.sleep(0.01)

    def _work(self) -> None:
        dice = random.Random(4)
        while not self._stop.is_set():
            try:
                with connect(self.database, "product") as connection:
                    self._write(connection, dice)
            except (psycopg.Error, SunsetError):  # read-only or restarting: a product tries again
                time.sleep(0.1)

    def _write(self, connection: psycopg.Connection, dice: random.Random) -> None:
        next_at = time.monotonic()
        while not self._stop.is_set():
            dice.choice(self.writes)(connection, dice)
            self.confirmed += 1
            self.last_at = time.monotonic()
            next_at += 1 / self.per_second
            time.sleep(max(next_at - time.monotonic(), 0))
