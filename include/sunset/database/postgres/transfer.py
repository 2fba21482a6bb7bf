"""The copy of one database into another: prepare the tables, copy the rows, complete the schema.

Each step is one transaction on the target (a unit of rows is one of its own) and leaves its mark there, so that it
is done once, whole or not at all, whenever its task is killed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psycopg
from psycopg import sql

from sunset.database.postgres import checkpoint as checkpoints
from sunset.database.postgres import deferred_checks, finish, large_object_copy, large_objects, schema
from sunset.database.postgres.checkpoint import FROZEN, Checkpoint
from sunset.database.postgres.copy import UnitCopy
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.keys import make_keys, validate
from sunset.database.postgres.post_data import ForeignKey, TableKeys
from sunset.database.postgres.preflight_servers import taken
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sequences import measure_sequences, set_sequences
from sunset.database.postgres.snapshot import Snapshot, export_snapshot
from sunset.database.postgres.tables import find_table, require_same_file
from sunset.database.postgres.throttle import Throttle
from sunset.database.progress import Tally
from sunset.engine import Pack, Receipt, Report
from sunset.errors import Refusal
from sunset.validation.facts import SequenceFact

T = TypeVar("T")
Intact = Callable[[psycopg.Connection, str], None]


@dataclass(frozen=True, slots=True)
class Transfer:
    """One run's copy of one source.

    Attributes:
        name: name of the source in the spec.
        run: the run that owns the copy.
        source, target: the two databases.
        reads: where rows and definitions are read: the source, or a physical replica of it.
        scope: what is carried, and how hard the servers are worked.
        application: what the sessions call themselves.
    """

    name: str
    run: str
    source: Endpoint
    reads: Endpoint
    target: Endpoint
    scope: Scope
    application: str

    def prepare(self, script: str) -> None:
        """Make the tables on the target: once, whole or not at all.

        Args:
            script: the pre-data section of the source's schema.

        Raises:
            Refusal: the target holds tables of these names that are not this run's.
        """
        mark = self._checkpoint(FROZEN)
        with self._writing() as target, target.transaction():
            mark.create(target)
            if mark.reached(target, "prepared"):
                return
            self._refuse_taken(target)
            with self._reading() as source:
                schema.drop_default_schema(target, source, self.scope)
            schema.apply_script(target, script)
            mark.defer(target, deferred_checks.take_off(target))
            mark.reach(target, "prepared")

    def copy(self, pack: Pack, report: Report) -> list[Receipt]:
        """Copy a pack from a source that stands still: finished units are found and kept.

        Up to `scope.parallel` tasks do so at once, so each has one connection and its share of the rows a second.
        """
        with export_snapshot(self.reads, self.application, self.scope.settings) as snapshot:
            return self._copy(snapshot, pack, report, FROZEN, self.scope.share, require_same_file)

    def copy_moving(
        self, pack: Pack, report: Report, read: Callable[[psycopg.Connection], T]
    ) -> tuple[list[Receipt], T]:
        """Copy a pack from a source that is still written to: one snapshot covers it, and a retry starts anew.

        Args:
            pack: all units of the source.
            report: gets the progress.
            read: takes further readings of the source on the same snapshot.
        """
        with export_snapshot(self.reads, self.application, self.scope.settings) as snapshot:
            receipts = self._copy(snapshot, pack, report, _state(snapshot), self.scope, require_same_file)
            with snapshot.session() as connection:
                return receipts, read(connection)

    def copy_on(self, snapshot: Snapshot, pack: Pack, report: Report) -> list[Receipt]:
        """Copy a pack on a snapshot of a source that is still written to; on another snapshot it starts anew.

        Whoever follows the source from that snapshot on is told of a TRUNCATE too: it may take rows off the snapshot.
        """
        return self._copy(snapshot, pack, report, _state(snapshot), self.scope, lambda *_: None)

    def make_keys(self, keys: Sequence[TableKeys]) -> None:
        """After the rows: keys and indexes of ordinary tables, many at once, and the statistics of those tables."""
        make_keys(self._writing, self.scope.parallel, self._checkpoint(FROZEN), keys)

    def complete(
        self, script: str, event_triggers: str, foreign_keys: Sequence[ForeignKey] = ()
    ) -> tuple[SequenceFact, ...]:
        """After the rows and their keys: checks, foreign keys, triggers, materialized views, sequences, event triggers.

        Args:
            script: what there is of the post-data section besides what `make_keys` made and the other arguments hold.
            event_triggers: its event triggers, which fire for nothing that is done here.
            foreign_keys: those that are validated afterwards, many at once.

        Returns:
            The state of the source's sequences that the target was given.
        """
        mark = self._checkpoint(FROZEN)
        with self._reading() as source, self._writing() as target:
            with target.transaction():
                if not mark.reached(target, "completed"):
                    deferred_checks.put_back(target, mark.deferred(target))
                    for key in foreign_keys:
                        schema.apply_script(target, key.adding)
                    schema.apply_script(target, script)
                    finish.refresh_views(target, finish.populated_views(source, self.scope.schemas))
                    mark.reach(target, "completed")
            validate(self._writing, self.scope.parallel, foreign_keys)
            with read_only(self.source, self.application) as counting:  # a replica's sequences run ahead
                sequences = measure_sequences(counting, self.scope.schemas, self.scope.excluded)
            set_sequences(target, sequences)
            finish.analyze(target, finish.with_statistics(target))
            with target.transaction():
                if not mark.reached(target, "event triggers"):
                    schema.apply_script(target, event_triggers)
                    mark.reach(target, "event triggers")
        return sequences

    def forget(self) -> None:
        """Take the checkpoint off the target: the copy is accepted and will not be continued."""
        with self._writing() as target:
            checkpoints.remove(target, self.name)

    def _copy(
        self, snapshot: Snapshot, pack: Pack, report: Report, state: str, scope: Scope, intact: Intact
    ) -> list[Receipt]:
        mark = self._checkpoint(state)
        with self._writing() as target:
            self._empty_stale(target, mark)
        throttle = Throttle(scope.rows_per_second)
        tally = Tally(self.name, pack.units, report)
        copying = UnitCopy(snapshot, self.target, mark, self.application, throttle, tally, intact)
        return copying.copy_all(pack.units, scope)

    def _empty_stale(self, target: psycopg.Connection, mark: Checkpoint) -> None:
        if mark.state != FROZEN:  # no unit of such a state is ever kept by the next try
            large_object_copy.remove_all(target)
        with target.transaction():
            if mark.reached(target, "completed") and mark.state != FROZEN:
                raise Refusal(
                    "the sandbox is already complete, with triggers and keys.",
                    where=str(self.target),
                    remedy="Clear the task that opens the sandbox together with this one.",
                )
            if stale := mark.stale(target):
                emptied = [table for table in stale if table != large_objects.TABLE]
                tables = [sql.SQL("ONLY {}").format(find_table(target, table).identifier) for table in emptied]
                if tables:
                    target.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))

    def _refuse_taken(self, target: psycopg.Connection) -> None:
        for finding in taken(target, self.scope.schemas):
            raise Refusal(finding.message, where=str(self.target), remedy=finding.remedy)

    def _checkpoint(self, state: str) -> Checkpoint:
        return Checkpoint(self.name, self.run, state)

    def _reading(self) -> psycopg.Connection:
        return read_only(self.reads, self.application, dict(self.scope.settings))

    def _writing(self) -> psycopg.Connection:
        return connect(
            self.target, self.application, {"default_transaction_read_only": "off", "statement_timeout": "0"}
        )


def _state(snapshot: Snapshot) -> str:
    return f"{snapshot.name} at {snapshot.position}"
