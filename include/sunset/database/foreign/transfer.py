"""The copy of a foreign database: prepare the tables, copy the rows, complete the schema.

Each step is one transaction on the target (a unit of rows is one of its own) and leaves its mark there, so that it
is done once, whole or not at all, whenever its task is killed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psycopg
from psycopg import sql

from sunset.database.foreign import ddl, finish, quarantine
from sunset.database.foreign.copy import WRITING, UnitCopy
from sunset.database.foreign.model import Schema
from sunset.database.foreign.objects import Orphans
from sunset.database.foreign.reader import Dialect, Reader
from sunset.database.postgres import checkpoint as checkpoints
from sunset.database.postgres.checkpoint import FROZEN, Checkpoint
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.preflight_servers import taken
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.throttle import Throttle
from sunset.database.progress import Tally
from sunset.engine import Pack, Receipt, Report
from sunset.errors import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One run's copy of one foreign source.

    Attributes:
        name: name of the source in the spec.
        run: the run that owns the copy.
        dialect: the source.
        target: the database that takes the data.
        scope: what is carried, and how hard the servers are worked.
        quarantine: rows that may go into quarantine.
        application: what the sessions call themselves.
    """

    name: str
    run: str
    dialect: Dialect
    target: Endpoint
    scope: Scope
    quarantine: int
    application: str

    def prepare(self, schema: Schema) -> None:
        """Make the tables on the target: once, whole or not at all.

        Raises:
            Refusal: the target holds tables of these names, or rows in quarantine, that are not this run's.
        """
        mark = self._checkpoint(FROZEN)
        with self._writing() as target, target.transaction():
            mark.create(target)
            if mark.reached(target, "prepared"):
                return
            self._refuse_taken(target, schema)
            for statement in ddl.before_rows(schema):
                target.execute(statement)
            mark.reach(target, "prepared")

    def copy(self, schema: Schema, pack: Pack, report: Report) -> list[Receipt]:
        """Copy a pack from a source that stands still: finished units are found and kept.

        Up to `scope.parallel` tasks do so at once, so each has one reader and its share of the rows a second.
        """
        rate, progress = self.scope.share.rows_per_second, Tally(self.name, pack.units, report)
        with self.dialect.snapshot(1) as readers:
            return self._copying(schema, FROZEN, rate, progress).copy_all(readers, pack.units)

    def copy_moving(
        self, schema: Schema, pack: Pack, report: Report, read: Callable[[Reader], T]
    ) -> tuple[list[Receipt], T]:
        """Copy a pack from a source that is still written to: one snapshot covers it, and a retry starts anew.

        Args:
            schema: the source's tables.
            pack: all units of the source.
            report: gets the progress.
            read: takes further readings of the source on the same snapshot.
        """
        state = f"snapshot {uuid.uuid4()}"
        with self._writing() as target:
            self._empty_stale(target, schema, self._checkpoint(state))
        with self.dialect.snapshot(self.scope.parallel) as readers:
            progress = Tally(self.name, pack.units, report)
            copying = self._copying(schema, state, self.scope.rows_per_second, progress)
            return copying.copy_all(readers, pack.units), read(readers[0])

    def complete(self, schema: Schema, orphans: Orphans) -> None:
        """After the rows: keys, indexes, checks, foreign keys, views, identities, statistics."""
        mark = self._checkpoint(FROZEN)
        with self._writing() as target:
            with target.transaction():
                if not mark.reached(target, "completed"):
                    finish.add_keys(target, schema)
                    finish.add_foreign_keys(target, schema, orphans)
                    finish.add_views(target, schema.views)
                    mark.reach(target, "completed")
            finish.set_identities(target, schema)
            finish.analyze(target, schema)

    def forget(self) -> None:
        """Take the checkpoint off the target: the copy is accepted and will not be continued."""
        with self._writing() as target:
            checkpoints.remove(target, self.name)

    def _copying(self, schema: Schema, state: str, rate: int | None, progress: Tally) -> UnitCopy:
        tables = {table.address: table for table in schema.tables}
        mark, throttle = self._checkpoint(state), Throttle(rate)
        return UnitCopy(tables, self.target, mark, self.quarantine, self.application, throttle, progress)

    def _empty_stale(self, target: psycopg.Connection, schema: Schema, mark: Checkpoint) -> None:
        with target.transaction():
            if mark.reached(target, "completed"):
                raise Refusal(
                    "the sandbox is already complete, with keys and views.",
                    where=str(self.target),
                    remedy="Clear the task that opens the sandbox together with this one.",
                )
            stale = mark.stale(target)
            tables = [ddl.identifier(table) for table in schema.tables if table.address in stale]
            if tables:
                target.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
            quarantine.empty(target, self.name, stale)

    def _refuse_taken(self, target: psycopg.Connection, schema: Schema) -> None:
        for finding in taken(target, schema.namespaces):
            raise Refusal(finding.message, where=str(self.target), remedy=finding.remedy)
        if held := quarantine.held(target, self.name):
            raise Refusal(
                f"the target's quarantine already holds {held} rows of a source of this name.",
                where=str(self.target),
                remedy="Look at sunset_quarantine.rows, and delete those of an earlier run.",
            )

    def _checkpoint(self, state: str) -> Checkpoint:
        return Checkpoint(self.name, self.run, state)

    def _writing(self) -> psycopg.Connection:
        return connect(self.target, self.application, WRITING)
