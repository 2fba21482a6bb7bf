"""One snapshot that several sessions read from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from sunset.database.postgres.endpoint import Endpoint, read_only


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An exported snapshot of a database; it lives as long as the session that exported it.

    `position` is the write-ahead log position at which it was taken, for the evidence.
    """

    endpoint: Endpoint
    application: str
    name: str
    position: str
    settings: tuple[tuple[str, str], ...]

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection]:
        """A read-only transaction on this very snapshot."""
        with self.connect() as connection, self.transaction(connection):
            yield connection

    def connect(self) -> psycopg.Connection:
        """A session for one transaction on this snapshot after the other."""
        return read_only(self.endpoint, self.application, dict(self.settings))

    @contextmanager
    def transaction(self, connection: psycopg.Connection) -> Iterator[None]:
        """A transaction on this snapshot; its locks on what it reads end with it."""
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(psycopg.sql.Literal(self.name)))
            yield


@contextmanager
def export_snapshot(
    endpoint: Endpoint, application: str, settings: tuple[tuple[str, str], ...] = ()
) -> Iterator[Snapshot]:
    """Take a snapshot and keep it while the block runs."""
    with read_only(endpoint, application, dict(settings)) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute(
            "SELECT pg_export_snapshot(), (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
            "ELSE pg_current_wal_lsn() END)::text"
        ).fetchone()
        assert row is not None
        yield Snapshot(endpoint, application, row[0], row[1], settings)
