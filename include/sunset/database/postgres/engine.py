"""The PostgreSQL engine: what `sunset.engine.Engine` asks, answered for one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from sunset.archive.export import export_tables
from sunset.catalogue.survey import Limits, Particulars, Surveyed
from sunset.database.postgres import (
    assets,
    backup,
    freeze,
    large_object_copy,
    large_objects,
    replica,
    sandbox,
    schema,
    survey,
)
from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.lock import session_lock
from sunset.database.postgres.measure import measure
from sunset.database.postgres.not_carried import not_carried
from sunset.database.postgres.places import Places
from sunset.database.postgres.post_data import post_data
from sunset.database.postgres.preflight import preflight
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.security import open_points
from sunset.database.postgres.sequences import measure_sequences
from sunset.database.postgres.sides import PostgresSides
from sunset.database.postgres.snapshot import export_snapshot
from sunset.database.postgres.tables import quoted_tables
from sunset.database.postgres.tools import Tools, find_tools
from sunset.database.postgres.transfer import Transfer
from sunset.database.postgres.translate import in_our_words, translated
from sunset.database.postgres.units import make_units
from sunset.engine import Asset, Backup, Finding, Frozen, Pack, Receipt, Report, Unit
from sunset.validation.answers import faults
from sunset.validation.facts import Facts, ObjectFact, SequenceFact
from sunset.validation.readings import Answer, Check, Readings
from sunset.validation.take import take_readings


@dataclass(frozen=True, slots=True)
class PostgresEngine:
    """One PostgreSQL source of one run.

    Attributes:
        name: name of the source in the spec.
        product, run: whose run it is; they name the sandbox, the checkpoint and the sessions.
        source, target, sandbox: the three databases; `sandbox` is the one to connect to for making others.
        reads: where rows and definitions are read: the source, or a physical replica of it.
        scope: what is carried, and how hard the servers are worked.
        work_folder: a folder with room for a dump.
    """

    name: str
    product: str
    run: str
    source: Endpoint
    reads: Endpoint
    target: Endpoint
    sandbox: Endpoint
    scope: Scope
    work_folder: Path

    @property
    def place(self) -> str:
        return f"postgresql: {self.source}"

    @property
    def application(self) -> str:
        return f"sunset {self.product} {self.name} {self.run}"

    # discover, assess

    @in_our_words
    def discover(self) -> tuple[Asset, ...]:
        with self._reading() as connection:
            return (
                *assets.discover(connection, self.name, self.scope.schemas),
                *not_carried(connection, self.name, self.scope.schemas),
            )

    def survey(self, limits: Limits) -> Iterator[Surveyed]:
        """Look at every relation; one sample is in memory at a time."""
        settings = {**dict(self.scope.settings), "lock_timeout": "2s"}  # what is locked is passed over
        with translated(f"source {self.name!r}"), read_only(self.reads, self.application, settings) as connection:
            yield from survey.survey(connection, self.scope.schemas, limits)

    @in_our_words
    def particulars(self) -> Mapping[str, Particulars]:
        with self._reading() as connection:
            return survey.particulars(connection, self.scope.schemas)

    @in_our_words
    def assess(self) -> tuple[Finding, ...]:
        with ExitStack() as open_sessions:
            enter = open_sessions.enter_context
            source = enter(read_only(self.source, self.application, dict(self.scope.settings)))
            target, box = (enter(self._looking(each)) for each in (self.target, self.sandbox))
            reads = source if self.reads == self.source else enter(self._reading())
            return preflight(Places(source, reads, target, box, self.scope, self.work_folder))

    @in_our_words
    def exposed(self) -> tuple[Finding, ...]:
        with self._reading() as connection:
            return open_points(connection, self.scope.schemas)

    @in_our_words
    def faulty(self, checks: Sequence[Check]) -> tuple[Answer, ...]:
        """Those of the spec's checks that the source cannot answer, each with its fault."""
        with self._reading() as connection:
            return faults(connection, checks)

    @in_our_words
    def tables(self) -> tuple[str, ...]:
        """Quoted names of the tables to copy."""
        with self._reading() as connection:
            tables = quoted_tables(connection, self.scope.schemas, self.scope.excluded)
            return (*tables, *large_objects.present(connection))

    # the copy: prepare, units, copy, complete

    def in_sandbox(self) -> PostgresEngine:
        """The same engine with this run's sandbox database as its target."""
        return replace(self, target=self.sandbox.on(self._database("sandbox")))

    @in_our_words
    def open_sandbox(self) -> None:
        """Make this run's sandbox database, empty."""
        with self._reading() as source:
            sandbox.create_database(self.sandbox, self._database("sandbox"), source, self.application)

    @in_our_words
    def close_sandbox(self) -> None:
        sandbox.drop_database(self.sandbox, self._database("sandbox"), self.application)

    @in_our_words
    def dump_schema(self, folder: Path) -> None:
        """The source's schema as a pg_dump file in `folder`."""
        with self._reading() as connection:
            excluded = schema.exclusions(connection, self.scope)
        schema.dump_schema(self._tools(), self.reads, folder, excluded, self.scope)

    @in_our_words
    def prepare(self, folder: Path) -> None:
        """Make the tables on the target; see `Transfer.prepare`."""
        self._transfer.prepare(schema.section_script(self._tools(), folder / schema.DUMP_NAME, "pre-data"))

    @in_our_words
    def units(self, tables: Sequence[str]) -> list[Unit]:
        with self._reading() as connection:
            units = make_units(connection, _plain(tables))
            return units + large_objects.make_units(connection) if large_objects.TABLE in tables else units

    @in_our_words
    def copy(self, pack: Pack, report: Report) -> list[Receipt]:
        """Copy a pack from a source that stands still: finished units are found and kept."""
        return self._transfer.copy(pack, report)

    @in_our_words
    def copy_moving(
        self, pack: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[list[Receipt], Readings]:
        """Copy a pack from a source that is still written to; see `Transfer.copy_moving`."""
        return self._transfer.copy_moving(pack, report, lambda source: take_readings(source, checks, _plain(tables)))

    @in_our_words
    def complete(self, folder: Path) -> tuple[SequenceFact, ...]:
        """After the rows; returns the sequences as the target was given them; see `Transfer.complete`."""
        parts = post_data(self._tools(), folder / schema.DUMP_NAME, set(self.tables()))
        self._transfer.make_keys(parts.keys)
        return self._transfer.complete(parts.rest, parts.event_triggers, parts.foreign_keys)

    @in_our_words
    def forget(self) -> None:
        """Take the checkpoint off the target: the copy is accepted and will not be continued."""
        self._transfer.forget()

    # facts

    @in_our_words
    def facts(self) -> Facts:
        return measure(lambda: read_only(self.target, self.application), self.scope)

    @in_our_words
    def source_facts(self) -> Facts:
        """The source's facts, measured now on one snapshot."""
        with export_snapshot(self.reads, self.application, self.scope.settings) as snapshot:
            facts = measure(snapshot.session, self.scope)
        with read_only(self.source, self.application) as counting:  # a replica's sequences run ahead
            return replace(facts, sequences=measure_sequences(counting, self.scope.schemas, self.scope.excluded))

    @in_our_words
    def source_objects(self) -> tuple[ObjectFact, ...]:
        with self._reading() as connection:
            return inventory(connection, self.scope.schemas, self.scope.excluded)

    def sides(self) -> PostgresSides:
        """Both sides, for a validation that reads them again."""
        return PostgresSides(self.reads, self.target, self.application)

    # backup

    @in_our_words
    def back_up(self, folder: Path, report: Report) -> Backup:
        with self.locked("backup"):
            return backup.dump_database(self._tools(), self.reads, folder, self.scope, self.application, report)

    @in_our_words
    def restore(self, folder: Path) -> Facts:
        """Restore a dump into a scratch database, measure it, and drop the database."""
        name = self._database("scratch")
        with self.locked("restore"), self._reading() as source:
            scratch = sandbox.create_database(self.sandbox, name, source, self.application)
            try:
                return backup.restore_database(self._tools(), folder, scratch, source, self.scope, self.application)
            finally:
                sandbox.drop_database(self.sandbox, name, self.application)

    # archive

    @in_our_words
    def export(self, folder: Path, left_out: Sequence[str]) -> None:
        """Every table as Parquet and the schema as SQL, for readers that have no PostgreSQL.

        Args:
            folder: gets `schema.sql` and `tables/`.
            left_out: quoted tables that are not kept.
        """
        kept = replace(self.scope, excluded=tuple(left_out))
        folder.mkdir(parents=True)
        with export_snapshot(self.reads, self.application, kept.settings) as snapshot, snapshot.session() as source:
            export_tables(source, quoted_tables(source, kept.schemas, kept.excluded), folder / "tables")
            large_object_copy.export(source, folder / "large_objects")
            schema.write_ddl(self._tools(), self.reads, folder / "schema.sql", schema.exclusions(source, kept), kept)

    # freeze

    @in_our_words
    def freeze(self) -> Frozen:
        frozen = freeze.freeze(self.source, self.application)
        self._catch_up()
        return frozen

    @in_our_words
    def prove_frozen(self) -> None:
        freeze.prove_frozen(self.source, self.application)
        self._catch_up()

    @in_our_words
    def thaw(self) -> None:
        freeze.thaw(self.source, self.application)

    def locked(self, work: str) -> AbstractContextManager[None]:
        """Hold the lock of one piece of work on this source; the lock lives on the source's server."""
        return session_lock(self.source, self.application, f"{self.product}/{self.name}: {work}")

    @property
    def _transfer(self) -> Transfer:
        return Transfer(self.name, self.run, self.source, self.reads, self.target, self.scope, self.application)

    def _catch_up(self) -> None:
        if self.reads != self.source:
            replica.catch_up(self.source, self.reads, self.application)

    def _database(self, purpose: str) -> str:
        return sandbox.database_name(purpose, self.product, self.name, self.run)

    def _tools(self) -> Tools:
        with self._reading() as connection:
            return find_tools(connection.info.server_version // 10000)

    def _reading(self) -> psycopg.Connection:
        return read_only(self.reads, self.application, dict(self.scope.settings))

    def _looking(self, endpoint: Endpoint) -> psycopg.Connection:
        return read_only(endpoint, self.application)


def _plain(tables: Sequence[str]) -> list[str]:
    """The tables proper, without what stands for large objects."""
    return [table for table in tables if table != large_objects.TABLE]
