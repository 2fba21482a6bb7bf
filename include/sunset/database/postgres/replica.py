"""Reading from a physical replica: it has to be the source's own, and to have replayed what the source wrote.

Sequences are read on the source all the same: a replica's are up to 32 numbers ahead, because the source logs them so.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import psycopg

from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.identity import identity
from sunset.database.postgres.places import Places
from sunset.engine import Finding
from sunset.errors import Refusal, Unavailable

PATIENCE = 300.0
"""Seconds that a replica may take to replay what the source had written when it was frozen."""

# The position behind a page's header is never flushed as such; 40 bytes are the longest header.
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), pg_current_wal_flush_lsn()) <= 40"
_BEHIND = "SELECT greatest(pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint"
_POSITION = "SELECT pg_current_wal_flush_lsn()::text"
_UNLOGGED = """
    SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'u'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s)) ORDER BY 1
"""
_CANCELS = """
    SELECT NOT current_setting('hot_standby_feedback')::boolean
           AND current_setting('max_standby_streaming_delay') <> '-1'
"""


def catch_up(source: Endpoint, reads: Endpoint, application: str, patience: float = PATIENCE) -> None:
    """Wait until the replica has replayed all that the source has written up to now.

    Raises:
        Refusal: it is no replica of the source.
        Unavailable: it is still behind after `patience` seconds.
    """
    with read_only(source, application) as primary, read_only(reads, application) as replica:
        if not _is_replica(primary, replica):
            raise _stranger(reads)
        deadline = time.monotonic() + patience
        while primary.execute(_WRITTEN).fetchone() != (True,) and time.monotonic() < deadline:
            time.sleep(0.1)
        position = primary.execute(_POSITION).fetchone()
        assert position is not None
        while behind := _behind(replica, position[0]):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"the replica is still {behind} bytes behind the source, after {patience:.0f} seconds.",
                    where=str(reads),
                    remedy="Find out what holds it up, or leave `read_conn_id` out of the spec.",
                )
            time.sleep(0.1)


def findings(places: Places) -> Iterable[Finding]:
    """What speaks against reading from the replica of the spec; nothing where it names none."""
    primary, replica = places.source, places.reads
    if replica is primary:
        return
    name = f"{replica.info.host}:{replica.info.port}/{replica.info.dbname}"
    if not _is_replica(primary, replica):
        error = _stranger(name)
        yield Finding("error", "not_a_replica", name, error.what, error.remedy)
        return
    for (table,) in primary.execute(_UNLOGGED, {"schemas": list(places.scope.schemas)}).fetchall():
        message = "is unlogged: a replica does not have its rows."
        yield Finding(
            "error", "unlogged_on_replica", table, message, "Leave `read_conn_id` out, or ALTER it to LOGGED."
        )
    position = primary.execute(_POSITION).fetchone()
    assert position is not None
    if behind := _behind(replica, position[0]):
        yield Finding("warning", "replica_lag", name, f"is {behind} bytes behind the source; the freeze waits for it.")
    if replica.execute(_CANCELS).fetchone() == (True,):
        message = "cancels long reads that conflict with what it replays; the task is then tried again."
        yield Finding("warning", "replica_cancels", name, message, "Set hot_standby_feedback on it.")


def _is_replica(primary: psycopg.Connection, replica: psycopg.Connection) -> bool:
    follows = replica.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    return follows and identity(primary) == identity(replica)


def _behind(replica: psycopg.Connection, position: str) -> int:
    (behind,) = replica.execute(_BEHIND, [position]).fetchone()  # type: ignore[misc]
    return int(behind)


def _stranger(reads: Endpoint | str) -> Refusal:
    return Refusal(
        "is no physical replica of the source.",
        where=str(reads),
        remedy="Correct `read_conn_id`: a streaming replica of the same server, and the same database on it.",
    )
