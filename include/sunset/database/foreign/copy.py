"""Rows from a reader to the target: each unit one transaction, with its fact and its checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.foreign import ddl
from sunset.database.foreign.model import Table
from sunset.database.foreign.quarantine import Bucket
from sunset.database.foreign.reader import Reader
from sunset.database.postgres.checkpoint import Checkpoint
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.lock import transaction_lock
from sunset.database.postgres.throttle import Throttle
from sunset.database.postgres.translate import translated
from sunset.database.progress import Tally
from sunset.database.spread import spread
from sunset.engine import Receipt, Unit
from sunset.errors import Deviation

WRITING = {"statement_timeout": "0", "default_transaction_read_only": "off", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class UnitCopy:
    """Copies units from the readers of one snapshot to the target.

    Attributes:
        tables: the source's tables by address.
        target: the database that takes the rows.
        checkpoint: what is kept of finished units.
        allowed: rows that may go into quarantine, over the whole source.
        application: what the sessions call themselves.
        throttle, progress: bound and progress of the copy.
    """

    tables: Mapping[str, Table]
    target: Endpoint
    checkpoint: Checkpoint
    allowed: int
    application: str
    throttle: Throttle
    progress: Tally

    def copy_all(self, readers: Sequence[Reader], units: Sequence[Unit]) -> list[Receipt]:
        """Copy units over all readers, largest first; the first error stops the rest."""
        with ExitStack() as sessions:
            pairs = [
                (reader, sessions.enter_context(connect(self.target, self.application, WRITING)))
                for reader in readers[: len(units)]
            ]
            return spread(pairs, units, lambda pair, unit: self._counted(*pair, unit))

    def _counted(self, reader: Reader, target: psycopg.Connection, unit: Unit) -> Receipt:
        receipt = self.copy(reader, target, unit)
        self.progress.end(unit)
        return receipt

    def copy(self, reader: Reader, target: psycopg.Connection, unit: Unit) -> Receipt:
        """Copy one unit, or find it copied.

        Raises:
            Locked: another task copies it.
            Refusal: rows do not fit, more than may go into quarantine.
            Deviation: the target did not take as many rows as were sent.
        """
        with translated(unit.name), target.transaction():
            transaction_lock(target, f"{self.checkpoint.source}: {unit.name}")
            if receipt := self.checkpoint.find(target, unit):
                return receipt
            started = time.monotonic()
            table, meter = self.tables[unit.table], _Meter(self.throttle, self.progress.begin(unit))
            bucket = Bucket(table, self.allowed)
            writing = sql.SQL("COPY {} ({}) FROM STDIN").format(
                ddl.identifier(table), sql.SQL(", ").join(sql.Identifier(column.name) for column in table.stored)
            )
            with target.cursor() as cursor:
                with cursor.copy(writing) as rows_in:
                    sent = reader.send(table, unit, meter.through(rows_in.write), bucket.reject)
                if not sent.rows == meter.rows == cursor.rowcount:
                    raise _torn(unit, sent.rows, cursor.rowcount)
            bucket.keep(target, self.checkpoint.source, unit.name)
            receipt = Receipt(unit.name, bucket.fact(sent), meter.size, time.monotonic() - started)
            self.checkpoint.keep(target, receipt)
        return receipt


@dataclass(slots=True)
class _Meter:
    """Counts what passes, makes it wait where it has to, and tells it on."""

    throttle: Throttle
    passed: Callable[[int, int], None]
    rows: int = 0
    size: int = 0

    def through(self, write: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def counting(lines: bytes) -> None:
            write(lines)
            rows = lines.count(b"\n")  # a newline within a value is written as \n
            self.rows += rows
            self.size += len(lines)
            self.throttle.pay(rows)
            self.passed(rows, len(lines))

        return counting


def _torn(unit: Unit, sent: int, taken: int) -> Deviation:
    line = f"{unit.name}: {sent} rows were sent, the target took {taken}"
    return Deviation(
        line + ".",
        where=unit.table,
        remedy="Run the task again; if it happens twice, report the table's types.",
        differences=(line,),
        record="",
    )
