"""The checkpoint: kept on the target, in the same transaction as the rows it speaks of.

It lives in a schema of its own, `sunset_checkpoint`, which cutover (or dropping the sandbox) removes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import psycopg

from sunset.database.postgres import event_triggers
from sunset.database.postgres.deferred_checks import DeferredCheck
from sunset.engine import Receipt, Unit
from sunset.errors import Refusal
from sunset.validation.facts import TableFact

_CREATE = """
    CREATE SCHEMA IF NOT EXISTS sunset_checkpoint;
    CREATE TABLE IF NOT EXISTS sunset_checkpoint.step (
        source text, step text, run text NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (source, step));
    CREATE TABLE IF NOT EXISTS sunset_checkpoint.unit (
        source text, unit text, state text NOT NULL, tab text NOT NULL, rows bigint NOT NULL, checksum text NOT NULL,
        quarantined bigint NOT NULL, bytes bigint NOT NULL, seconds double precision NOT NULL,
        PRIMARY KEY (source, unit));
    CREATE TABLE IF NOT EXISTS sunset_checkpoint.deferred (
        source text, namespace text, tab text, name text, definition text NOT NULL, comment text,
        PRIMARY KEY (source, namespace, tab, name));
"""


FROZEN = "frozen"
"""The one state of a source that stands still."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The checkpoint of one source in one run.

    Attributes:
        source: name of the source in the spec.
        run: the run that owns the copy; another run's copy is never continued.
        state: the source state that was copied: one word for a frozen source, a new one for each snapshot of
            a source that is still written to. A unit copied from another state does not count.
    """

    source: str
    run: str
    state: str

    def create(self, connection: psycopg.Connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('sunset_checkpoint', 0))")
        connection.execute(_CREATE)

    def reached(self, connection: psycopg.Connection, step: str) -> bool:
        """Whether this run reached the step before.

        Raises:
            Refusal: another run did.
        """
        if not exists(connection):
            return False
        row = connection.execute(
            "SELECT run FROM sunset_checkpoint.step WHERE source = %s AND step = %s", [self.source, step]
        ).fetchone()
        if row and row[0] != self.run:
            raise Refusal(
                f"holds what the run {row[0]!r} copied and did not finish.",
                where=f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}",
                remedy="Finish that run, or drop its tables and the schema sunset_checkpoint on the target.",
            )
        return row is not None

    def reach(self, connection: psycopg.Connection, step: str) -> None:
        connection.execute(
            "INSERT INTO sunset_checkpoint.step (source, step, run) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [self.source, step, self.run],
        )

    def defer(self, connection: psycopg.Connection, checks: Iterable[DeferredCheck]) -> None:
        """Keep the constraints that were taken off until the rows are in."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sunset_checkpoint.deferred VALUES (%s, %s, %s, %s, %s, %s)",
                [(self.source, *astuple(check)) for check in checks],
            )

    def deferred(self, connection: psycopg.Connection) -> tuple[DeferredCheck, ...]:
        """The constraints that have to be put back."""
        rows = connection.execute(
            "SELECT namespace, tab, name, definition, comment FROM sunset_checkpoint.deferred "
            "WHERE source = %s ORDER BY 1, 2, 3",
            [self.source],
        ).fetchall()
        return tuple(DeferredCheck(*row) for row in rows)

    def find(self, connection: psycopg.Connection, unit: Unit) -> Receipt | None:
        """The receipt of a unit that was copied from this very state of the source."""
        row = connection.execute(
            "SELECT tab, rows, checksum, quarantined, bytes, seconds FROM sunset_checkpoint.unit "
            "WHERE source = %s AND unit = %s AND state = %s",
            [self.source, unit.name, self.state],
        ).fetchone()
        return Receipt(unit.name, TableFact(*row[:4]), row[4], row[5], resumed=True) if row else None

    def keep(self, connection: psycopg.Connection, receipt: Receipt) -> None:
        fact = receipt.fact
        connection.execute(
            "INSERT INTO sunset_checkpoint.unit VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                self.source,
                receipt.unit,
                self.state,
                fact.table,
                fact.rows,
                fact.checksum,
                fact.quarantined,
                receipt.bytes,
                receipt.seconds,
            ],
        )

    def stale(self, connection: psycopg.Connection) -> list[str]:
        """Tables with units from another state of the source; their checkpoints are taken back."""
        rows = connection.execute(
            "DELETE FROM sunset_checkpoint.unit WHERE source = %s AND state <> %s RETURNING tab",
            [self.source, self.state],
        ).fetchall()
        return sorted({row[0] for row in rows})


def exists(connection: psycopg.Connection) -> bool:
    """Whether this database holds checkpoints."""
    row = connection.execute("SELECT to_regclass('sunset_checkpoint.unit') IS NOT NULL").fetchone()
    return bool(row and row[0])


def remove(connection: psycopg.Connection, source: str) -> None:
    """Take a source's checkpoint away, and the schema with the last one."""
    if not exists(connection):
        return
    with event_triggers.silenced(connection):
        connection.execute("DELETE FROM sunset_checkpoint.unit WHERE source = %s", [source])
        connection.execute("DELETE FROM sunset_checkpoint.deferred WHERE source = %s", [source])
        connection.execute("DELETE FROM sunset_checkpoint.step WHERE source = %s", [source])
        row = connection.execute("SELECT count(*) FROM sunset_checkpoint.step").fetchone()
        if row == (0,):
            connection.execute("DROP SCHEMA sunset_checkpoint CASCADE")
