"""A session that notices when nobody is left at the other end, though the connection still stands.

Silence alone says nothing: the build of a large index sends no byte for hours. So a second session asks the server what
the first one is doing. A server at work is waited for. One that does not answer, or that stands still itself because it
waits for us, has been cut off: by a proxy, a firewall or a network that swallows what is sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from sunset.errors import Refusal, SunsetError

BRIEF_SECONDS = 15.0
"""The longest wait for an answer that needs no work."""

_INTERVAL = 0.1
_LOOK = """
    SELECT state = 'active' AND coalesce(wait_event_type, '') <> 'Client', (state, wait_event, query_start)::text
    FROM pg_catalog.pg_stat_activity WHERE pid = %s
"""
R = TypeVar("R")


def stalled_after() -> float:
    """SUNSET_STALLED_AFTER: seconds of silence, from both ends, after which a session is given up; 60 by default.

    Raises:
        Refusal: it is no number of seconds.
    """
    given = os.environ.get("SUNSET_STALLED_AFTER") or "60"
    if not given.isdecimal() or int(given) == 0:
        raise Refusal(
            "is no number of seconds.", where="SUNSET_STALLED_AFTER", remedy="Set a whole number, such as 60."
        )
    return int(given)


@dataclass(frozen=True, slots=True)
class Peer:
    """The server process at the other end of a session.

    Attributes:
        pid: its process id on the server.
        reach: opens another session on the server, one that is not watched.
        patience: seconds of silence after which the session is given up.
    """

    pid: int
    reach: Callable[[], Session]
    patience: float

    def look(self) -> str | None:
        """What it stands still at; None while it is at work."""
        try:
            with self.reach() as asking:
                row = asking.execute(_LOOK, [self.pid]).fetchone()
        except (psycopg.Error, SunsetError) as error:
            return f"the server does not answer ({type(error).__name__})"
        if row is None:
            return "the server has ended the session"
        return None if row[0] else str(row[1])

    def end(self) -> None:
        """End it, so that it keeps no lock, where the server can still be asked to."""
        try:
            with self.reach() as asking:
                asking.execute("SELECT pg_catalog.pg_terminate_backend(%s)", [self.pid])
        except (psycopg.Error, SunsetError):  # it does not answer: its own keepalives will find out
            return


class Session(psycopg.Connection[TupleRow]):
    """A session that is given up when its peer stands still; without a peer, every answer has to be a quick one.

    Attributes:
        place: the database; its errors carry it as a note.
        peer: whom to ask for when the session falls silent.
    """

    place: str = ""
    peer: Peer | None = None

    def wait(self, gen: PQGen[R], interval: float = _INTERVAL, timeout: float | None = None) -> R:
        try:
            return self._wait(gen, interval, timeout)
        except psycopg.Error as error:  # it does not say itself where it happened
            error.add_note(self.place)
            raise

    def _wait(self, gen: PQGen[R], interval: float, timeout: float | None) -> R:
        if self.peer is None or timeout is not None:
            return super().wait(gen, interval, timeout or BRIEF_SECONDS)
        try:
            wanted = next(gen)
        except StopIteration as done:  # nothing to wait for: so it is for most rows of a COPY
            return done.value  # type: ignore[no-any-return]
        return super().wait(self._watched(gen, wanted, self.peer), interval)

    def _watched(self, gen: PQGen[R], wanted: Any, peer: Peer) -> PQGen[R]:
        heard, seen = time.monotonic(), None
        while True:
            ready = yield wanted
            if ready:
                heard, seen = time.monotonic(), None
            elif time.monotonic() - heard > peer.patience / 2:
                heard, before, seen = time.monotonic(), seen, peer.look()
                if seen is not None and seen == before:
                    self._give_up(peer, seen)
            try:
                wanted = gen.send(ready)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]

    def _give_up(self, peer: Peer, seen: str) -> None:
        peer.end()
        self.close()
        raise psycopg.OperationalError(
            f"no byte came for {peer.patience:g} s, and the server is not at work for this session: {seen}"
        )
