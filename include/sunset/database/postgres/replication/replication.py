"""The following of one source by its target: begin, copy, subscribe, look, drain, complete; and its tear-down.

Every step may be run again. The copy of the rows begins anew with a new slot, because its snapshot is gone with the
session that exported it; from the subscription on PostgreSQL itself knows how far the target is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sunset.database.postgres.checkpoint import FROZEN, Checkpoint
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.finish import analyze
from sunset.database.postgres.replication import changes, publication, slot, subscription
from sunset.database.postgres.replication.bounds import MOST_ERRORS, Bounds, watching
from sunset.database.postgres.replication.names import replication_name
from sunset.database.postgres.replication.preflight import preflight
from sunset.database.postgres.replication.progress import Following
from sunset.database.postgres.replication.route import Route
from sunset.database.postgres.replication.sections import event_triggers_script, keys_script, rest_script
from sunset.database.postgres.replication.suspects import suspects
from sunset.database.postgres.schema import apply_script
from sunset.database.postgres.tables import quoted_tables
from sunset.database.postgres.tools import Tools, find_tools
from sunset.database.postgres.transfer import Transfer
from sunset.database.postgres.translate import translated
from sunset.engine import Finding, Pack, Receipt, Report
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.validation.facts import Facts, ObjectFact

_WRITES = {"default_transaction_read_only": "off", "statement_timeout": "0"}
_RESTART_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Replication:
    """How one target follows one source in one run.

    Attributes:
        engine: the engine of the source and its target.
        publisher: the source as the target's server reaches it, with the login that it uses there.
        bounds: when to give up.
    """

    engine: PostgresEngine
    publisher: Endpoint
    bounds: Bounds

    @property
    def name(self) -> str:
        """Of publication, slot and subscription alike."""
        return replication_name(self.engine.product, self.engine.name, self.engine.run)

    def assess(self) -> tuple[Finding, ...]:
        """What speaks against this route; nothing is left behind by looking."""
        with self._translated(), self._looking() as source, self._target() as target:
            return preflight(Route(source, target, self.publisher, self.engine.scope, self.bounds))

    def objects(self) -> tuple[ObjectFact, ...]:
        """The objects that have to stay as they are until the target takes over."""
        with self._translated(), self._looking() as source:
            return changes.objects_of(source, self.engine.scope)

    def copy(self, pack: Pack, report: Report) -> list[Receipt]:
        """Publish the tables, make the slot, and copy all rows on the snapshot that the slot begins at.

        Raises:
            Refusal: the source holds back too much log for it, or the target is complete already.
        """
        engine = self.engine
        tables = [unit.table for unit in pack.units]
        with engine.locked("following"), self._translated():
            self.tear_down()
            with self._source() as source:
                publication.create(source, self.name, sorted(set(tables)))
            with slot.new_slot(engine.source, engine.application, self.name, engine.scope) as snapshot:
                return self._transfer.copy_on(snapshot, pack, watching(report, self._look_at_slot))

    def subscribe(self, folder: Path) -> None:
        """Make keys and indexes, and let the target follow from the slot's position on."""
        with self.engine.locked("following"), self._translated():
            script = keys_script(self._tools(), folder)
            with self._target() as target:
                with target.transaction():
                    if not self._mark.reached(target, "keyed"):
                        apply_script(target, script)
                        self._mark.reach(target, "keyed")
                analyze(target, quoted_tables(target, self.engine.scope.schemas, self.engine.scope.excluded))
                self._look_at_slot()
                subscription.create(target, self.name, self.publisher)

    def look(self, objects: Sequence[ObjectFact]) -> Following:
        """How the target keeps up. An apply that stopped is started again, once.

        Args:
            objects: the source's objects when the target was made.

        Raises:
            Refusal: it cannot go on: slot or subscription gone, too much log held back, rows that cannot be
                applied, a schema that changed.
        """
        with self._translated(), self._looking() as source, self._target() as target:
            changes.require_unchanged(objects, source, self.engine.scope)
            return self._look(source, target)

    def drain(self, objects: Sequence[ObjectFact], frozen_at: str, patience: float) -> str:
        """After the freeze: wait until the target has everything, then take the replication down.

        Args:
            objects: the source's objects when the target was made.
            frozen_at: log position of the freeze, which tells it from an earlier one.
            patience: seconds to wait.

        Returns:
            The log position that the target has passed.

        Raises:
            Unavailable: it is still behind after `patience` seconds.
            Refusal: as `look`.
        """
        done = f"drained after {frozen_at}"
        with self.engine.locked("following"), self._translated(), self._target() as target:
            if not self._mark.reached(target, done):
                with self._source() as source:
                    position = slot.mark_position(source, self.name)
                    self._wait(source, target, position, patience)
                    changes.require_unchanged(objects, source, self.engine.scope)
                with target.transaction():
                    self._mark.reach(target, done)
            self.tear_down()
        return frozen_at

    def complete(self, folder: Path) -> Facts:
        """When nothing is applied any more: triggers, foreign keys, rules, views, and sequences as they stand.

        Returns:
            The facts of the source, measured meanwhile: it stands still.
        """
        with self._translated(), ThreadPoolExecutor(max_workers=1) as beside:
            measuring = beside.submit(self.engine.source_facts)
            tools = self._tools()
            self._transfer.complete(rest_script(tools, folder), event_triggers_script(tools, folder))
            return measuring.result()

    def tear_down(self) -> None:
        """Leave nothing of the replication behind, on the source not even when the target is away.

        Raises:
            SunsetError: the target could not be reached, and may still hold the subscription.
        """
        left: SunsetError | None = None
        with self._translated():
            try:
                with self._translated(), self._target() as target:
                    subscription.drop(target, self.name)
            except SunsetError as error:
                left = error
            with self._source() as source:
                slot.drop_slot(source, self.name)
                publication.drop(source, self.name)
        if left:
            raise left

    def _look(self, source: psycopg.Connection, target: psycopg.Connection) -> Following:
        state = Following(slot.find_slot(source, self.name), subscription.find_subscription(target, self.name))
        self.bounds.require(state.slot, str(self.engine.source))
        if state.subscription.errors > MOST_ERRORS:
            raise self._stuck(source, target, state)
        if state.subscription.enabled:
            return state
        return self._restarted(source, target, state)

    def _restarted(self, source: psycopg.Connection, target: psycopg.Connection, before: Following) -> Following:
        """Any error stops the apply, that of a restarted server too; one that is back at once is of another kind."""
        subscription.enable(target, self.name)
        deadline = time.monotonic() + _RESTART_SECONDS
        while True:
            state = Following(slot.find_slot(source, self.name), subscription.find_subscription(target, self.name))
            if not state.subscription.enabled and state.slot.confirmed == before.slot.confirmed:
                raise self._stuck(source, target, state)
            moved = state.slot.confirmed != before.slot.confirmed
            if moved or state.slot.behind == 0 or time.monotonic() > deadline:
                return state
            time.sleep(0.2)

    def _stuck(self, source: psycopg.Connection, target: psycopg.Connection, state: Following) -> Refusal:
        tables = ", ".join(suspects(source, target, self.name)[:5]) or "that its server's log names"
        kinds = ", ".join(f"{kind} {count}" for kind, count in state.subscription.conflicts.items())
        return Refusal(
            f"changes of the source do not fit what the target holds, in tables {tables}"
            + (f" ({kinds})." if kinds else "."),
            where=str(self.engine.target),
            remedy="Somebody wrote to the target, or it lacks something: its log names the row. Empty it, start anew.",
        )

    def _wait(self, source: psycopg.Connection, target: psycopg.Connection, position: str, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not slot.passed(source, self.name, position):
            state = self._look(source, target)
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"the target is still {state.slot.behind} bytes behind after {patience:.0f} seconds.",
                    where=str(self.engine.target),
                    remedy="The task is tried again; see what holds the target up.",
                )
            time.sleep(0.1)

    def _look_at_slot(self) -> None:
        with self._looking() as source:
            self.bounds.require(slot.find_slot(source, self.name), str(self.engine.source))

    @property
    def _mark(self) -> Checkpoint:
        return Checkpoint(self.engine.name, self.engine.run, FROZEN)

    @property
    def _transfer(self) -> Transfer:
        engine = self.engine
        return Transfer(
            engine.name, engine.run, engine.source, engine.reads, engine.target, engine.scope, engine.application
        )

    def _tools(self) -> Tools:
        with self._looking() as source:
            return find_tools(source.info.server_version // 10000)

    def _looking(self) -> psycopg.Connection:
        return read_only(self.engine.source, self.engine.application, dict(self.engine.scope.settings))

    def _source(self) -> psycopg.Connection:
        return connect(
            self.engine.source, self.engine.application, {**_WRITES, "lock_timeout": self.engine.scope.lock_timeout}
        )

    def _target(self) -> psycopg.Connection:
        return connect(self.engine.target, self.engine.application, _WRITES)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(f"source {self.engine.name!r}")
