"""Advisory locks: the same work is never done twice at once.

A lock belongs to a session, so a killed worker leaves none behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Locked

_TRY_SESSION = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_TRY_TRANSACTION = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_OWNER = """
    SELECT a.application_name, a.pid, date_trunc('second', a.backend_start)::text
    FROM pg_locks l JOIN pg_stat_activity a USING (pid), hashtextextended(%s, 0) AS key
    WHERE l.locktype = 'advisory' AND l.granted
      AND l.classid::bigint = (key >> 32) & 4294967295 AND l.objid::bigint = key & 4294967295
"""


@contextmanager
def session_lock(endpoint: Endpoint, application: str, key: str) -> Iterator[None]:
    """Hold the lock `key` on the database of `endpoint` while the block runs.

    Raises:
        Locked: somebody else holds it; the error names the owner.
    """
    with connect(endpoint, application) as connection:
        _take(connection, _TRY_SESSION, key)
        yield


def transaction_lock(connection: psycopg.Connection, key: str) -> None:
    """Take the lock `key` until the end of the connection's transaction.

    Raises:
        Locked: somebody else holds it; the error names the owner.
    """
    _take(connection, _TRY_TRANSACTION, key)


def _take(connection: psycopg.Connection, attempt: str, key: str) -> None:
    row = connection.execute(attempt, [key]).fetchone()
    if row and row[0]:
        return
    owner = connection.execute(_OWNER, [key]).fetchone()
    who = f"{owner[0]!r} (server process {owner[1]}, since {owner[2]})" if owner else "a session that just ended"
    raise Locked(
        f"is being worked on by {who}.",
        where=key,
        remedy="Let that task finish; if its worker is dead, the lock ends with its connection.",
    )
