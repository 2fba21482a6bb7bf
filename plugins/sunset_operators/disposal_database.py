"""A database source that is to be destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sunset.disposal.items import Item, Remnant
from sunset.errors import Refusal
from sunset.validation.compare import compare
from sunset.validation.facts import Facts
from sunset_operators.connections import find_connection
from sunset_operators.disposal_sources import (
    archive_faults,
    archived_copies,
    day_faults,
    record_faults,
    spec_faults,
    undecided_faults,
)
from sunset_operators.engines import engine_of

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.database.postgres.engine import PostgresEngine
    from sunset.disposal.postgres import PostgresContents
    from sunset.disposal.postgres_database import PostgresDatabase
    from sunset.spec.sources import DatabaseSource
    from sunset_operators.disposal_run import DisposalRun


@dataclass(frozen=True, slots=True)
class DatabaseSubject:
    """A PostgreSQL database, or what the catalogue lists of it.

    Attributes:
        run: the disposal.
        source: the source, as the spec has it.
        conn_ids: rendered connection ids by part, and the archive's under `archive`.
    """

    run: DisposalRun
    source: DatabaseSource
    conn_ids: Mapping[str, str | None]

    @property
    def kind(self) -> str:
        return "database" if self.run.extent == "database" else "contents of a database"

    def date_faults(self) -> Iterator[str]:
        return day_faults(self.run)

    def proof_faults(self, folder: Path) -> Iterator[str]:
        name = self.source.name
        yield from spec_faults(self.run, self.source, "databases")
        yield from undecided_faults(self.catalogue)
        yield from record_faults(self.run, "back_up", f"{name}-restored", about=f"{name}-backup")
        yield from record_faults(self.run, "validate", f"{name}-validation")
        yield from archive_faults(self.run, self.conn_ids["archive"])
        copied = Facts.from_json(self.run.retired.evidence("migrate", f"{name}-source-facts"))
        if moved := [str(each) for each in compare(copied, self.engine().facts())]:
            yield f"the target was changed after it was accepted: {' | '.join(moved[:5])}"

    def state_faults(self, folder: Path) -> Iterator[str]:
        from sunset.database.postgres.identity import same_database

        engine = self.engine()
        if same_database(engine.source, engine.target, engine.application):
            yield "the connections of source and target lead to one database"
            return
        try:
            engine.prove_frozen()
        except Refusal as error:
            yield f"the source does not stand still: {error.what}"
        saved = Facts.from_json(self.run.retired.evidence("back_up", f"{self.source.name}-backup")["facts"])
        if moved := [str(each) for each in compare(saved, _whole(engine).source_facts())]:
            yield f"the source was changed after it was backed up: {' | '.join(moved[:5])}"
        yield from self._uncatalogued(engine)

    def is_whole(self, items: Iterator[Item]) -> bool:
        return self.destroyer().holds_any(items)

    def items(self, folder: Path) -> Iterable[Item]:
        from sunset.disposal.postgres import PostgresContents
        from sunset.disposal.postgres_database import PostgresDatabase

        engine = self.engine()
        contents = PostgresContents(engine.name, engine.source, engine.application)
        assets = [
            (each["kind"], each["namespace"], each["address"], each["bytes"] or 0, each["do"])
            for each in self.catalogue["assets"]
            if each["do"] and not each.get("not_carried")
        ]
        whole = self.run.extent == "database"
        first = [PostgresDatabase(engine.name, engine.source, engine.application).item()] if whole else []
        return [*first, *contents.items(assets)]

    def destroyer(self) -> PostgresContents | PostgresDatabase:
        from sunset.disposal.postgres import PostgresContents
        from sunset.disposal.postgres_database import PostgresDatabase

        engine = self.engine()
        chosen = PostgresDatabase if self.run.extent == "database" else PostgresContents
        return chosen(engine.name, engine.source, engine.application)

    def copies(self) -> Iterator[Remnant]:
        engine, name = self.engine(), self.source.name
        yield Remnant("target", str(engine.target), "what was migrated lives on there, by intent.", holds_data=True)
        dump = f"{self.run.retired.dossier.store.uri}/back_up/{name}-dump"
        yield Remnant("backup", dump, "the backup in the dossier goes with the archive.", holds_data=True)
        yield from archived_copies(self.run)
        if engine.reads != engine.source:
            what = "a replica that was read from; it keeps the data until it has replayed this."
            yield Remnant("replica", str(engine.reads), what, holds_data=True)

    @property
    def catalogue(self) -> dict[str, Any]:
        return self.run.retired.evidence("discover", self.source.name)

    def engine(self) -> PostgresEngine:
        """The engine of the retirement.

        Raises:
            Refusal: the source is no PostgreSQL database.
        """
        from sunset.database.postgres.engine import PostgresEngine

        conn_ids = {part: str(conn_id) for part, conn_id in self.conn_ids.items()}
        engine = engine_of(self.run.retired, self.source, conn_ids)
        if not isinstance(engine, PostgresEngine):
            kind = find_connection(conn_ids["source"]).conn_type
            what = f"is of type {kind!r}, and Sunset destroys PostgreSQL databases and files."
            raise Refusal(what, where=f"source {self.source.name!r}", remedy="Destroy it by hand, with a record of it.")
        return engine

    def _uncatalogued(self, engine: PostgresEngine) -> Iterator[str]:
        """What is there and is not in the catalogue: of the schemas retired, or of the whole database."""
        known = {(each["kind"], each["address"]) for each in self.catalogue["assets"]}
        scope = replace(engine.scope, schemas=()) if self.run.extent == "database" else engine.scope
        found = {(each.kind, each.address) for each in replace(engine, scope=scope).discover() if not each.not_carried}
        if new := sorted(f"{kind} {address}" for kind, address in found - known):
            yield f"what is there and was never catalogued: {', '.join(new[:5])}"


def _whole(engine: PostgresEngine) -> PostgresEngine:
    """The same engine over everything that was backed up, also what was not migrated."""
    return replace(engine, scope=replace(engine.scope, excluded=()))
