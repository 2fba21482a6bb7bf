"""PostgreSQL's errors in Sunset's words: what a retry may mend, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import psycopg

from sunset.errors import Locked, Refusal, Unavailable

# Connection lost, serialization and deadlock, too many connections, server restarting.
_PASSING = ("08", "40", "53300", "57P0")
_LOCKED = "55P03"
_FULL = "53100"

P = ParamSpec("P")
R = TypeVar("R")


class Named(Protocol):
    """What works on a source of the spec, and has its name."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def in_our_words(method: Callable[Concatenate[N, P], R]) -> Callable[Concatenate[N, P], R]:
    """Give a method's PostgreSQL errors Sunset's classes, on which Airflow's retries decide."""

    @wraps(method)
    def translating(self: N, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with translated(f"source {self.name!r}"):
            return method(self, *args, **kwargs)

    return translating


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn any psycopg error of the block into Unavailable or Refusal about `where`.

    The detail line of an error is left out: it may quote a row.
    """
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate
        place = ", ".join([where, *getattr(error, "__notes__", ())])
        message = error.diag.message_primary or str(error).strip().splitlines()[0]
        passing = state.startswith(_PASSING) if state else isinstance(error, psycopg.OperationalError)
        if passing:
            raise Unavailable(
                f"the server went away or was busy: {message}",
                where=place,
                remedy="The task is tried again; finished units are kept.",
            ) from None
        if state == _LOCKED:
            raise Locked(
                f"another session holds a lock on it: {message}",
                where=place,
                remedy="The task is tried again. If it goes on, find that session in pg_locks of this database.",
            ) from None
        if state == _FULL:
            raise Refusal(
                f"the disk of this server is full: {message}",
                where=place,
                remedy="Make room there and clear the task; finished units are kept.",
            ) from None
        raise Refusal(
            f"PostgreSQL says: {message} (SQLSTATE {state}).",
            where=place,
            remedy="Mend what it names and run the task again.",
        ) from None
