"""The general path: any database that SQLAlchemy has a dialect for. SQLite is tried; others go the same way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sunset.database.foreign.facts import whole
from sunset.database.foreign.model import NotCarried, Schema, Table
from sunset.database.foreign.reader import BadRow, Misfit
from sunset.database.general import freeze as freezing
from sunset.database.general.place import Place, in_our_words, reading
from sunset.database.general.queries import orphans_of
from sunset.database.general.reader import GeneralReader
from sunset.database.general.reflect import reflect
from sunset.database.general.sqlite import SqliteCatalogue
from sunset.engine import Finding, Frozen, Unit
from sunset.errors import Refusal


@dataclass(frozen=True, slots=True)
class GeneralDialect:
    """One database of any kind.

    Attributes:
        database: where it is.
        source: name of the source in the spec: what a SQLite file becomes as a schema on the target.
        schemas: the schemas to take; none means the login's default one.
    """

    database: Place
    source: str
    schemas: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return str(self.database)

    def schema(self) -> Schema:
        from sqlalchemy import inspect

        with reading(self.database) as connection:
            inspector = inspect(connection)
            if self.database.is_sqlite:
                return SqliteCatalogue(connection, inspector, self.source).schema()
            owners = self.schemas or (inspector.default_schema_name or "",)
            parts = [reflect(inspector, owner, owner, inspector.get_table_names(owner)) for owner in owners]
            because = "views are not translated on this path."
            named = [(owner, name) for owner in owners for name in inspector.get_view_names(owner)]
        left = [thing for part in parts for thing in part.not_carried]
        left += [NotCarried("view", owner, name, because) for owner, name in named]
        return Schema(tuple(table for part in parts for table in part.tables), (), tuple(left))

    def units(self, tables: Sequence[Table]) -> Sequence[Unit]:
        """One for each table: this path cuts none."""
        return sorted((whole(table) for table in tables), key=lambda unit: (-unit.bytes, unit.name))

    @contextmanager
    def snapshot(self, readers: int) -> Iterator[Sequence[GeneralReader]]:  # noqa: ARG002
        """One reader: this path knows no way to give a second session the state of the first."""
        with reading(self.database) as connection:
            yield [GeneralReader(self.database, connection, self._owner)]

    def findings(self, schema: Schema) -> Sequence[Finding]:
        found = [Finding("info", "general_path", self.place, "is read over one connection, by the general path.")]
        if not schema.tables:
            found.append(Finding("error", "no_tables", self.place, "has no table.", "Correct the Airflow Connection."))
        if not self.database.is_sqlite:
            message = "can be rehearsed; an execution is refused at the freeze, which this path does not know here."
            found.append(Finding("warning", "cannot_freeze", self.place, message))
            message = "routines, triggers and sequences are not looked for on this path."
            found.append(
                Finding("warning", "not_looked_for", self.place, message, "List them by hand in the decision.")
            )
        return found

    def misfits(self, tables: Sequence[Table]) -> Sequence[Misfit]:
        return [misfit for table in tables for misfit in self._misfits(table)]

    def orphans(self, tables: Sequence[Table]) -> Mapping[tuple[str, str], int]:
        with reading(self.database) as connection, in_our_words(self.database):
            counted = {
                (table.address, key.name): int(connection.scalar(orphans_of(table, key, self._owner(table))) or 0)
                for table in tables
                for key in table.foreign_keys
            }
        return {name: rows for name, rows in counted.items() if rows}

    def last_writes(self, tables: Sequence[Table]) -> Mapping[str, str]:  # noqa: ARG002
        """None: a file's own time says nothing of its tables."""
        return {}

    def freeze(self) -> Frozen:
        self._require_freezable()
        return freezing.freeze(self.database)

    def prove_frozen(self) -> None:
        self._require_freezable()
        freezing.prove_frozen(self.database)

    def thaw(self) -> None:
        self._require_freezable()
        freezing.thaw(self.database)

    def _require_freezable(self) -> None:
        if not self.database.is_sqlite:
            raise Refusal(
                "cannot be frozen: the general path knows no proof for it.",
                where=self.place,
                remedy="Rehearse it; to retire it, carry it over into PostgreSQL or MySQL first.",
            )

    def _misfits(self, table: Table) -> list[Misfit]:
        found: dict[tuple[str, str], list[BadRow]] = {}
        rows: dict[tuple[str, str], int] = defaultdict(int)

        def reject(row: BadRow) -> None:
            what = row.column, row.reason
            rows[what] += 1
            found.setdefault(what, [row])

        with self.snapshot(1) as readers:
            readers[0].fact(table, whole(table), reject)
        return [
            Misfit(table.address, column, reason, rows[column, reason], first.key)
            for (column, reason), (first, *_) in found.items()
        ]

    def _owner(self, table: Table) -> str | None:
        return None if self.database.is_sqlite else table.namespace
