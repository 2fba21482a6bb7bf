"""The errors of Sunset: what happened, where, and what to do next.

The class says what a retry is worth. Airflow's retry policy reads it (`sunset_operators.retries`):
`Unavailable` is tried again, everything else fails at once.
"""

from __future__ import annotations


class SunsetError(Exception):
    """The base of all errors that Sunset raises on purpose.

    Attributes:
        what: one sentence on what happened.
        where: the object concerned: a table, a file, a connection id, a spec key.
        remedy: what the reader can do next.
    """

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}".rstrip()


class Refusal(SunsetError):
    """Sunset will not go on, and trying again changes nothing: permissions, state, spec, clock."""


class Unavailable(SunsetError):
    """Something outside did not answer in time: a server, a store. A later try may succeed."""


class Locked(Unavailable):
    """Another task holds the lock on this work; `where` names its owner."""


class Deviation(SunsetError):
    """A comparison found differences. The evidence was written before this was raised.

    Attributes:
        differences: one line a difference, as shown in the error; the record holds all of them.
        record: the dossier path of the full result.
    """

    def __init__(self, what: str, *, where: str, remedy: str, differences: tuple[str, ...], record: str) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.differences = differences
        self.record = record
