"""COPY from source to target, straight through the worker: no row becomes a Python value.

Each unit is one transaction on the target that holds the rows, the source's facts and the checkpoint.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.checkpoint import Checkpoint
from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.lock import transaction_lock
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.snapshot import Snapshot
from sunset.database.postgres.tables import Table, find_table
from sunset.database.postgres.throttle import Throttle
from sunset.database.postgres.translate import translated
from sunset.database.postgres.units import range_condition
from sunset.engine import Progress, Receipt, Report, Unit
from sunset.errors import Deviation

BUFFER = 256 * 2**10
REPORT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class UnitCopy:
    """Copies units from one snapshot of the source to the target."""

    snapshot: Snapshot
    target: Endpoint
    checkpoint: Checkpoint
    application: str
    throttle: Throttle
    report: Report

    def copy_all(self, units: Sequence[Unit], scope: Scope) -> list[Receipt]:
        """Copy units over `scope.parallel` connections, largest first; the first error stops the rest."""
        waiting = iter(units)

        def work() -> list[Receipt]:
            with self.snapshot.connect() as source, connect(self.target, self.application, _TARGET) as target:
                return [self.copy(source, target, unit) for unit in waiting]

        with ThreadPoolExecutor(max_workers=max(min(scope.parallel, len(units)), 1)) as pool:
            workers = [pool.submit(work) for _ in range(min(scope.parallel, len(units)))]
            try:
                return [receipt for worker in workers for receipt in worker.result()]
            finally:
                for _ in waiting:  # after an error the other workers find nothing left to do
                    pass

    def copy(self, source: psycopg.Connection, target: psycopg.Connection, unit: Unit) -> Receipt:
        """Copy one unit, or find it copied.

        Raises:
            Locked: another task copies it.
            Deviation: the rows sent are not the rows counted on the same snapshot.
        """
        # A transaction a unit: a product at work does not wait with a TRUNCATE for the copy of other tables.
        with translated(unit.name), self.snapshot.transaction(source), target.transaction():
            transaction_lock(target, f"{self.checkpoint.source}: {unit.name}")
            if receipt := self.checkpoint.find(target, unit):
                return receipt
            started = time.monotonic()
            table = find_table(source, unit.table)
            condition = range_condition(unit)
            rows, size = _pump(source, target, table, condition, self._meter(unit))
            fact = measure_table(source, table, condition)
            if rows != fact.rows:
                raise _torn(unit, rows, fact.rows)
            receipt = Receipt(unit.name, fact, size, time.monotonic() - started)
            self.checkpoint.keep(target, receipt)
        self.report(Progress(unit.name, rows, size, receipt.seconds, size))
        return receipt

    def _meter(self, unit: Unit) -> Callable[[int, int], None]:
        started = reported = time.monotonic()
        paid = 0

        def meter(rows: int, size: int) -> None:
            nonlocal reported, paid
            self.throttle.pay(rows - paid)
            paid = rows
            now = time.monotonic()
            if now - reported >= REPORT_SECONDS:
                reported = now
                self.report(Progress(unit.name, rows, size, now - started, unit.bytes))

        return meter


# The source has checked these rows already; what fails here fails loudly, whatever the target's own defaults are.
_TARGET = {"statement_timeout": "0", "default_transaction_read_only": "off", "synchronous_commit": "on"}


def _pump(
    source: psycopg.Connection,
    target: psycopg.Connection,
    table: Table,
    condition: sql.Composable | None,
    meter: Callable[[int, int], None],
) -> tuple[int, int]:
    """Move the rows of one unit; returns rows and bytes sent."""
    if not table.stored:
        return _insert_defaults(source, target, table, condition), 0
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.stored)
    reading = sql.SQL("COPY (SELECT {} FROM ONLY {} WHERE {}) TO STDOUT").format(
        columns, table.identifier, condition or sql.SQL("true")
    )
    writing = sql.SQL("COPY {} ({}) FROM STDIN").format(table.identifier, columns)
    rows = size = 0
    buffer = bytearray()
    with source.cursor().copy(reading) as rows_out, target.cursor().copy(writing) as rows_in:
        for row in rows_out:  # the server sends one message a row
            buffer += row
            rows += 1
            if len(buffer) >= BUFFER:
                rows_in.write(bytes(buffer))
                size += len(buffer)
                buffer.clear()
                meter(rows, size)
        rows_in.write(bytes(buffer))
        size += len(buffer)
        meter(rows, size)
    return rows, size


def _insert_defaults(
    source: psycopg.Connection, target: psycopg.Connection, table: Table, condition: sql.Composable | None
) -> int:
    """A table whose columns are all generated (or that has none) has nothing to send but its number of rows."""
    counting = sql.SQL("SELECT count(*) FROM ONLY {} WHERE {}").format(table.identifier, condition or sql.SQL("true"))
    (rows,) = source.execute(counting).fetchone()  # type: ignore[misc]
    # A literal, not a parameter: with parameters psycopg reads a percent sign in a table's name as a placeholder.
    filling = sql.SQL("INSERT INTO {} SELECT FROM generate_series(1, {})").format(table.identifier, sql.Literal(rows))
    target.execute(filling)
    return int(rows)


def _torn(unit: Unit, sent: int, counted: int) -> Deviation:
    line = f"{unit.name}: {sent} rows were sent, {counted} counted on the same snapshot"
    return Deviation(
        line + ".",
        where=unit.table,
        remedy="Run the task again; if it happens twice, the source's storage is not sound.",
        differences=(line,),
        record="",
    )
