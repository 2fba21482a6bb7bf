"""The engine for sources that are not PostgreSQL: what `sunset.engine.Engine` asks, answered for any dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from sunset.archive.export import export_tables
from sunset.catalogue.survey import Limits, Particulars, Surveyed
from sunset.database.foreign import assets, backup, canonical, ddl, objects, preflight, survey
from sunset.database.foreign.copy import WRITING
from sunset.database.foreign.facts import measure_tables
from sunset.database.foreign.model import Schema
from sunset.database.foreign.reader import Dialect
from sunset.database.foreign.resolve import TypeOverride, resolve, unmet
from sunset.database.foreign.scratch import Scratch
from sunset.database.foreign.sides import ForeignSides, take_readings
from sunset.database.foreign.transfer import Transfer
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.lock import session_lock
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sequences import measure_sequences
from sunset.database.postgres.translate import in_our_words
from sunset.engine import Asset, Backup, Finding, Frozen, Pack, Receipt, Report, Unit
from sunset.validation.facts import Facts, ObjectFact, SequenceFact
from sunset.validation.readings import Answer, Check, Readings


@dataclass(frozen=True, slots=True)
class ForeignEngine:
    """One foreign source of one run.

    Attributes:
        name: name of the source in the spec.
        product, run: whose run it is; they name the sandbox, the checkpoint and the sessions.
        dialect: the source.
        target, sandbox: the two PostgreSQL servers; `sandbox` is the database to connect to for making others.
        scope: what is carried, and how hard the servers are worked.
        types: types of columns that the spec sets.
        quarantine: number of rows that may go into quarantine.
        work_folder: a folder with room for a dump.
    """

    name: str
    product: str
    run: str
    dialect: Dialect
    target: Endpoint
    sandbox: Endpoint
    scope: Scope
    types: tuple[TypeOverride, ...]
    quarantine: int
    work_folder: Path

    @property
    def place(self) -> str:
        return self.dialect.place

    @property
    def application(self) -> str:
        return f"sunset {self.product} {self.name} {self.run}"

    # discover, assess

    def discover(self) -> tuple[Asset, ...]:
        return assets.discover(self.name, self._everything(()))

    def survey(self, limits: Limits) -> Iterator[Surveyed]:
        return survey.survey(self.dialect, self._everything(()), limits)

    def particulars(self) -> Mapping[str, Particulars]:
        written = self.dialect.last_writes(self._everything(()).tables)
        return {address: Particulars(last_write=moment) for address, moment in written.items()}

    def exposed(self) -> tuple[Finding, ...]:
        """Nothing that could be told of every kind of source."""
        return ()

    @in_our_words
    def assess(self) -> tuple[Finding, ...]:
        found = self.dialect.schema()
        schema = resolve(found, self.types, self.scope.excluded)
        with self._looking(self.target) as target, self._looking(self.sandbox) as box:
            findings = (
                *self.dialect.findings(schema),
                *unmet(found, self.types),
                *preflight.carried(schema),
                *preflight.left_out_parents(schema),
                *preflight.misfits(schema, self.dialect.misfits(schema.tables), self.quarantine),
                *preflight.orphans(self.dialect.orphans(schema.tables)),
                *preflight.servers(preflight.Servers(target, box, self.work_folder), schema),
            )
        return preflight.ordered(findings)

    def faulty(self, checks: Sequence[Check]) -> tuple[Answer, ...]:
        with self.dialect.snapshot(1) as readers:
            return tuple(answer for check in checks if (answer := readers[0].ask(check)).fault)

    def tables(self) -> tuple[str, ...]:
        return tuple(table.address for table in self._schema().tables)

    # the copy: prepare, units, copy, complete

    def in_sandbox(self) -> ForeignEngine:
        return replace(self, target=self._scratch.at("sandbox"))

    @in_our_words
    def open_sandbox(self) -> None:
        self._scratch.make("sandbox")

    @in_our_words
    def close_sandbox(self) -> None:
        self._scratch.drop("sandbox")

    def dump_schema(self, folder: Path) -> None:
        schema = self._schema()
        backup.write_schema(folder, schema, self.dialect.orphans(schema.tables))

    @in_our_words
    def prepare(self, folder: Path) -> None:
        self._transfer.prepare(backup.read_schema(folder)[0])

    def units(self, tables: Sequence[str]) -> Sequence[Unit]:
        return self.dialect.units([table for table in self._schema().tables if table.address in tables])

    @in_our_words
    def copy(self, pack: Pack, report: Report) -> list[Receipt]:
        return self._transfer.copy(self._schema(), pack, report)

    @in_our_words
    def copy_moving(
        self, pack: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[list[Receipt], Readings]:
        schema = self._schema()
        sampled = [table for table in schema.tables if table.address in tables]
        return self._transfer.copy_moving(schema, pack, report, lambda reader: take_readings(reader, checks, sampled))

    @in_our_words
    def complete(self, folder: Path) -> tuple[SequenceFact, ...]:
        """After the rows, with the counting as it stands now: no snapshot holds it."""
        schema = backup.read_schema(folder)[0].counting_like(self._schema())
        self._transfer.complete(schema, self.dialect.orphans(schema.tables))
        return self._expected(schema)[1]

    @in_our_words
    def forget(self) -> None:
        self._transfer.forget()

    # facts

    @in_our_words
    def facts(self) -> Facts:
        return self._measure(self.target, self._schema())

    @in_our_words
    def source_facts(self) -> Facts:
        schema = self._schema()
        with self.dialect.snapshot(self.scope.parallel) as readers:
            tables = measure_tables(readers, schema.tables, self.quarantine)
        expected, sequences = self._expected(schema)
        return Facts(tables, sequences, expected)

    @in_our_words
    def source_objects(self) -> tuple[ObjectFact, ...]:
        return self._expected(self._schema())[0]

    def sides(self) -> ForeignSides:
        tables = {table.address: table for table in self._schema().tables}
        return ForeignSides(self.name, self.dialect, tables, self.target, self.application)

    # backup, archive

    @in_our_words
    def back_up(self, folder: Path, report: Report) -> Backup:
        schema = self._everything(())
        folder.mkdir(parents=True)
        with self.locked("backup"):
            with self.dialect.snapshot(self.scope.parallel) as readers:
                tables = backup.dump(folder, readers, schema, self.name, self.quarantine, report)
            backup.write_schema(folder, schema, self.dialect.orphans(schema.tables))
            expected, sequences = self._expected(schema)
        return Backup(folder, "lines of COPY, one gzip file a table", Facts(tables, sequences, expected))

    @in_our_words
    def restore(self, folder: Path) -> Facts:
        with self.locked("restore"), self._scratch.database("scratch") as scratch:
            with connect(scratch, self.application, WRITING) as target:
                schema = backup.load(folder, target)
            return self._measure(scratch, schema)

    @in_our_words
    def export(self, folder: Path, left_out: Sequence[str]) -> None:
        """Every table as Parquet and the schema as SQL, by way of a scratch database that takes them all."""
        schema, dump = self._everything(left_out), folder / "dump"
        dump.mkdir(parents=True)
        with self._scratch.database("export") as scratch:
            with self.dialect.snapshot(self.scope.parallel) as readers:
                backup.dump(dump, readers, schema, self.name, self.quarantine, lambda _: None)
            backup.write_schema(dump, schema, self.dialect.orphans(schema.tables))
            with connect(scratch, self.application, WRITING) as target:
                backup.load(dump, target)
            backup.remove(dump)
            kept = [table.address for table in schema.tables] + ["sunset_quarantine.rows"]
            with read_only(scratch, self.application) as source, source.transaction():
                source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                export_tables(source, kept, folder / "tables")
        (folder / "schema.sql").write_text(ddl.script(schema), encoding="utf-8")

    # freeze

    def freeze(self) -> Frozen:
        return self.dialect.freeze()

    def prove_frozen(self) -> None:
        self.dialect.prove_frozen()

    def thaw(self) -> None:
        self.dialect.thaw()

    def locked(self, work: str) -> AbstractContextManager[None]:
        """Hold the lock of one piece of work on this source; it lives on the target's server, which has such locks."""
        return session_lock(self.target, self.application, f"{self.product}/{self.name}: {work}")

    @property
    def _scratch(self) -> Scratch:
        return Scratch(self.product, self.name, self.run, self.sandbox, self.target, self.application)

    @property
    def _transfer(self) -> Transfer:
        return Transfer(self.name, self.run, self.dialect, self.target, self.scope, self.quarantine, self.application)

    def _schema(self) -> Schema:
        return self._everything(self.scope.excluded)

    def _everything(self, left_out: Sequence[str]) -> Schema:
        return resolve(self.dialect.schema(), self.types, left_out)

    def _expected(self, schema: Schema) -> tuple[tuple[ObjectFact, ...], tuple[SequenceFact, ...]]:
        broken = self.dialect.orphans(schema.tables)
        with (
            self.locked("objects"),
            self._scratch.database("objects") as scratch,
            connect(scratch, self.application, WRITING) as empty,
        ):
            return objects.expected(empty, schema, broken)

    def _measure(self, place: Endpoint, schema: Schema) -> Facts:
        with self._looking(place) as connection:
            stored = canonical.stored_tables(connection, schema.namespaces)
            sequences = measure_sequences(connection, schema.namespaces, ()) if schema.namespaces else ()
            found = objects.measured(connection, schema)
        tables = canonical.measure_tables(lambda: self._looking(place), stored, self.name, self.scope.parallel)
        return Facts(tables, sequences, found)

    def _looking(self, place: Endpoint) -> psycopg.Connection:
        return read_only(place, self.application)
