"""The replication slot: it keeps on the source what the target has not received yet, so it is never left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.snapshot import Snapshot
from sunset.errors import Refusal, Unavailable

_PATIENCE_SECONDS = 20.0
_STATE = """
    SELECT coalesce(s.wal_status, 'lost'), s.confirmed_flush_lsn::text,
           greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint,
           greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint,
           s.safe_wal_size, extract(epoch FROM r.replay_lag)::float8
    FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
    WHERE s.slot_name = %s
"""


@dataclass(frozen=True, slots=True)
class SlotState:
    """Where a slot stands.

    Attributes:
        wal_status: PostgreSQL's word; `lost` when the source has thrown away what the target still needs.
        confirmed: log position up to which the target has everything, on its disk.
        behind: bytes of log that the target does not have yet.
        retained: bytes of log that the source keeps for it.
        safe: bytes that may still be written before the slot is lost; None where the server sets no limit.
        seconds: how long ago the source wrote what the target has just applied; None where it cannot be told.
    """

    wal_status: str
    confirmed: str
    behind: int
    retained: int
    safe: int | None
    seconds: float | None


@contextmanager
def new_slot(source: Endpoint, application: str, name: str, scope: Scope) -> Iterator[Snapshot]:
    """Make the slot; gives the snapshot of the very position that it begins at, for as long as the block runs.

    Raises:
        Unavailable: a transaction of the source was open for longer than the scope's lock timeout.
    """
    with _replicating(source, application, scope.lock_timeout) as session:
        making = sql.SQL("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput EXPORT_SNAPSHOT").format(sql.Identifier(name))
        row = session.execute(making).fetchone()
        assert row is not None
        yield Snapshot(source, application, row[2], row[1], scope.settings)


def find_slot(source: psycopg.Connection, name: str) -> SlotState:
    """The state of the slot.

    Raises:
        Refusal: it is gone, or lost its place in the log.
    """
    row = source.execute(_STATE, [name]).fetchone()
    if row is None or row[0] == "lost":
        what = "is lost: the source kept no more log for it" if row else "is gone"
        raise Refusal(
            f"the replication slot {name!r} {what}.",
            where=f"{source.info.host}:{source.info.port}/{source.info.dbname}",
            remedy="What it kept cannot be had again: start a new run. See who dropped it, and max_slot_wal_keep_size.",
        )
    return SlotState(*row)


def passed(source: psycopg.Connection, name: str, position: str) -> bool:
    """Whether the target has everything up to a log position of the source, on its disk."""
    query = "SELECT confirmed_flush_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"
    return source.execute(query, [position, name]).fetchone() == (True,)


def mark_position(source: psycopg.Connection, name: str) -> str:
    """Write a message into the log; who has passed its position has every transaction committed before."""
    with source.transaction():
        row = source.execute("SELECT pg_logical_emit_message(true, 'sunset', %s)::text", [name]).fetchone()
    assert row is not None
    return str(row[0])


def drop_slot(source: psycopg.Connection, name: str) -> None:
    """Drop the slot if it is there, and end whoever streams from it.

    Raises:
        Unavailable: it stays in use.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while row := source.execute("SELECT active_pid FROM pg_replication_slots WHERE slot_name = %s", [name]).fetchone():
        try:
            if row[0] is not None:
                source.execute("SELECT pg_terminate_backend(%s)", [row[0]])
            source.execute("SELECT pg_drop_replication_slot(%s)", [name])
        except psycopg.errors.UndefinedObject:
            return
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise _in_use(source, name, row[0]) from None
            time.sleep(0.2)


def _in_use(source: psycopg.Connection, name: str, pid: int | None) -> Unavailable:
    return Unavailable(
        f"the replication slot {name!r} is in use by server process {pid} and cannot be dropped.",
        where=f"{source.info.host}:{source.info.port}/{source.info.dbname}",
        remedy=f"End that process, then SELECT pg_drop_replication_slot('{name}'): left behind, it fills the disk.",
    )


def _replicating(source: Endpoint, application: str, lock_timeout: str) -> psycopg.Connection:
    """A session in which replication commands can be given; it knows no parameters, hence no fixed settings."""
    return psycopg.connect(
        host=source.host,
        port=source.port,
        user=source.user,
        password=source.password,
        dbname=source.database,
        replication="database",
        application_name=application[:63],
        connect_timeout=15,
        keepalives_idle=30,
        autocommit=True,
        prepare_threshold=None,
        **{**source.options, "options": f"-c lock_timeout={lock_timeout} -c idle_session_timeout=0"},  # type: ignore[arg-type]
    )
