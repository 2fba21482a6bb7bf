"""The freeze of a SQLite file: by the write version in its own header, which every SQLite obeys.

A file whose write version is above 2 "must be treated as read-only" (https://www.sqlite.org/fileformat2.html, section
1.3.3), by root and by programs that have it open too: they read the header again at their next transaction. The
number says what the version was: 3 for a rollback journal, 4 for a write-ahead log, which is emptied before.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sunset.database.general.place import Place, sqlite_session
from sunset.engine import Frozen
from sunset.errors import Refusal, Unavailable

_VERSION, _COUNTER, _VALID_FOR = 18, 24, 92
_ROLLBACK, _LOG, _FROZEN_ROLLBACK, _FROZEN_LOG = 1, 2, 3, 4


def freeze(place: Place) -> Frozen:
    """Make the file read-only for every SQLite, and prove it.

    Raises:
        Refusal: it cannot be written to by us, or the proving write went through.
        Unavailable: another program is at work in it.
    """
    if _version(place.file) not in (_FROZEN_ROLLBACK, _FROZEN_LOG):
        was_log = _leave_log(place)
        _set_version(place, _FROZEN_LOG if was_log else _FROZEN_ROLLBACK)
    prove_frozen(place)
    return Frozen(f"sha256:{_digest(place.file)}", 0)


def prove_frozen(place: Place) -> None:
    """Try to write as a new session would.

    Raises:
        Refusal: the write was possible.
    """
    with closing(sqlite_session(place, "rw")) as session:
        try:
            session.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_READONLY") and _version(place.file) > _LOG:
                return
            raise _said(place, error) from None
    remedy = "Freeze it again, and find what thawed it."
    raise Refusal("a new session can still write.", where=str(place), remedy=remedy)


def thaw(place: Place) -> None:
    """Let the file be written to again."""
    version = _version(place.file)
    if version not in (_FROZEN_ROLLBACK, _FROZEN_LOG):
        return
    _set_version(place, _ROLLBACK)
    if version == _FROZEN_LOG:
        with closing(sqlite_session(place, "rw")) as session:
            session.execute("PRAGMA journal_mode = WAL")


def _leave_log(place: Place) -> bool:
    """Bring a write-ahead log into the file and do without it; whether there was one."""
    with closing(sqlite_session(place, "rw")) as session:
        try:
            was_log: bool = session.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            if was_log and session.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                raise _busy(place)
        except sqlite3.OperationalError as error:
            raise _said(place, error) from None
    return was_log


def _set_version(place: Place, version: int) -> None:
    """Write the version while nobody else is in the file, and count the change, so that others read it anew."""
    with closing(sqlite_session(place, "rw")) as session:
        try:
            if _version(place.file) <= _LOG:
                session.execute("BEGIN EXCLUSIVE")
            with place.file.open("r+b", buffering=0) as raw:
                header = bytearray(raw.read(100))
                count = (int.from_bytes(header[_COUNTER : _COUNTER + 4]) + 1) % 2**32
                header[_VERSION] = version
                header[_COUNTER : _COUNTER + 4] = header[_VALID_FOR : _VALID_FOR + 4] = count.to_bytes(4)
                raw.seek(0)
                raw.write(header)
                os.fsync(raw.fileno())
        except sqlite3.OperationalError as error:
            raise _said(place, error) from None
        except PermissionError:
            remedy = "Run the workers as a user who may write to it: its header has to be changed."
            raise Refusal(
                "the file cannot be written to, so it cannot be frozen.", where=str(place), remedy=remedy
            ) from None


def _version(file: Path) -> int:
    with file.open("rb") as raw:
        return raw.read(_VERSION + 1)[_VERSION]


def _digest(file: Path) -> str:
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def _said(place: Place, error: sqlite3.OperationalError) -> Refusal | Unavailable:
    if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _busy(place)
    return Refusal(f"SQLite says: {error}.", where=str(place), remedy="Mend what it names and run the task again.")


def _busy(place: Place) -> Unavailable:
    return Unavailable(
        "another program is at work in the file.", where=str(place), remedy="End it; the task is tried again."
    )
