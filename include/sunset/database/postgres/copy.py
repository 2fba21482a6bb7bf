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

from sunset.database.postgres import large_object_copy, large_objects
from sunset.database.postgres.checkpoint import Checkpoint
from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.lock import transaction_lock
from sunset.database.postgres.pump import Meter, Sent, pump
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.snapshot import Snapshot
from sunset.database.postgres.tables import Table, find_table
from sunset.database.postgres.throttle import Throttle
from sunset.database.postgres.translate import translated
from sunset.database.postgres.units import range_condition
from sunset.database.progress import Tally
from sunset.engine import Receipt, Unit
from sunset.errors import Deviation, Refusal
from sunset.validation.facts import TableFact

FREEZE_BYTES = 8 * 2**20
"""From this size on a table's rows are written as frozen; the files that this replaces cost a small one more time."""


@dataclass(frozen=True, slots=True)
class UnitCopy:
    """Copies units from one snapshot of the source to the target; `intact` sees that it still has a table's rows."""

    snapshot: Snapshot
    target: Endpoint
    checkpoint: Checkpoint
    application: str
    throttle: Throttle
    tally: Tally
    intact: Callable[[psycopg.Connection, str], None]

    def copy_all(self, units: Sequence[Unit], scope: Scope) -> list[Receipt]:
        """Copy units over `scope.parallel` connections, largest first; the first error stops the rest."""
        waiting = iter(units)

        def work() -> list[Receipt]:
            with self.snapshot.connect() as source, connect(self.target, self.application, _TARGET) as target:
                return [self._counted(source, target, unit) for unit in waiting]

        with ThreadPoolExecutor(max_workers=max(min(scope.parallel, len(units)), 1)) as pool:
            workers = [pool.submit(work) for _ in range(min(scope.parallel, len(units)))]
            try:
                receipts = [receipt for worker in workers for receipt in worker.result()]
            finally:
                for _ in waiting:  # after an error the other workers find nothing left to do
                    pass
        self._make_durable()
        return receipts

    def _make_durable(self) -> None:
        """Have the target write out its log up to here: the commits of the units did not wait for that.

        Until then a crash of its server may take back units, each with its checkpoint; the task, which has not
        succeeded, copies them again.
        """
        with translated(str(self.target)), connect(self.target, self.application, _DURABLE) as target:
            target.execute("SELECT txid_current()")  # a commit that wrote nothing would wait for nothing

    def _counted(self, source: psycopg.Connection, target: psycopg.Connection, unit: Unit) -> Receipt:
        receipt = self.copy(source, target, unit)
        self.tally.end(unit)
        return receipt

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
            sent, fact = self._move(source, target, unit)
            if not sent.rows == sent.taken == fact.rows:
                raise _torn(unit, sent, fact.rows)
            receipt = Receipt(unit.name, fact, sent.bytes, time.monotonic() - started)
            self.checkpoint.keep(target, receipt)
        return receipt

    def _move(self, source: psycopg.Connection, target: psycopg.Connection, unit: Unit) -> tuple[Sent, TableFact]:
        """Move a unit, and measure it on the source."""
        if unit.table == large_objects.TABLE:
            sent = large_object_copy.copy(source, target, unit, self._meter(unit))
            return sent, large_objects.measure(source, unit)
        table = find_table(source, unit.table)
        moved = self._send(source, target, table, unit), measure_table(source, table, range_condition(unit))
        self.intact(source, unit.table)
        return moved

    def _send(self, source: psycopg.Connection, target: psycopg.Connection, table: Table, unit: Unit) -> Sent:
        """Move the rows of one unit."""
        condition = range_condition(unit) or sql.SQL("true")
        if not table.stored:
            return _insert_defaults(source, target, table, condition)
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.stored)
        reading = sql.SQL("COPY (SELECT {} FROM ONLY {} WHERE {}) TO STDOUT").format(
            columns, table.identifier, condition
        )
        frozen = unit.where is None and unit.bytes >= FREEZE_BYTES
        if frozen:
            _renew(target, table)
        writing = sql.SQL("COPY {} ({}) FROM STDIN{}").format(
            table.identifier, columns, sql.SQL(" (FREEZE)") if frozen else sql.SQL("")
        )
        return pump(source, target, reading, writing, self._meter(unit))

    def _meter(self, unit: Unit) -> Meter:
        passed = self.tally.begin(unit)

        def meter(rows: int, size: int) -> None:
            self.throttle.pay(rows)
            passed(rows, size)

        return meter


# The source has checked these rows already; what fails here fails loudly, whatever the target's own defaults are.
_TARGET = {"statement_timeout": "0", "default_transaction_read_only": "off", "synchronous_commit": "off"}
_DURABLE = {**_TARGET, "synchronous_commit": "on"}


def _renew(target: psycopg.Connection, table: Table) -> None:
    """Give an empty table new files, as COPY asks for that is to freeze what it writes.

    Raises:
        Refusal: it is not empty.
    """
    if target.execute(sql.SQL("SELECT FROM ONLY {} LIMIT 1").format(table.identifier)).rowcount:
        raise Refusal(
            "holds rows that this run did not write.",
            where=table.quoted,
            remedy="Somebody else writes to the target: empty the table, and run the task again.",
        )
    target.execute(sql.SQL("TRUNCATE ONLY {}").format(table.identifier))


def _insert_defaults(
    source: psycopg.Connection, target: psycopg.Connection, table: Table, condition: sql.Composable
) -> Sent:
    """A table whose columns are all generated (or that has none) has nothing to send but its number of rows."""
    counting = sql.SQL("SELECT count(*) FROM ONLY {} WHERE {}").format(table.identifier, condition)
    (rows,) = source.execute(counting).fetchone()  # type: ignore[misc]
    # A literal, not a parameter: with parameters psycopg reads a percent sign in a table's name as a placeholder.
    filling = sql.SQL("INSERT INTO {} SELECT FROM generate_series(1, {})").format(table.identifier, sql.Literal(rows))
    return Sent(rows, target.execute(filling).rowcount, 0)


def _torn(unit: Unit, sent: Sent, counted: int) -> Deviation:
    line = f"{unit.name}: {sent.rows} rows were sent, {sent.taken} taken, {counted} counted on the same snapshot"
    return Deviation(
        line + ".",
        where=unit.table,
        remedy="Run the task again; if it happens twice, the source's storage is not sound.",
        differences=(line,),
        record="",
    )
