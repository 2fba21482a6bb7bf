"""What SQLite keeps that SQLAlchemy's Inspector does not tell: kinds of tables, triggers, where it counts on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.model import Column, ForeignKey, NotCarried, Schema, Table, View
from sunset.database.general import translate
from sunset.database.general.reflect import reflect

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector

_TABLES = """
    SELECT name, type, wr FROM pragma_table_list
    WHERE schema = 'main' AND type IN ('table', 'virtual', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY name
"""
_OBJECTS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('trigger', 'index', 'view') ORDER BY name"
)
_COUNTS = "SELECT count(*) FROM pragma_table_info(?) WHERE pk > 0 AND upper(type) = 'INTEGER'"
_OWN_INDEX = "SELECT count(*) FROM pragma_index_list(?) WHERE origin = 'pk'"


@dataclass(frozen=True, slots=True)
class SqliteCatalogue:
    """One SQLite file, on an open session.

    Attributes:
        connection: SQLAlchemy's session.
        inspector: its Inspector.
        namespace: the schema that it becomes on the target.
    """

    connection: Connection
    inspector: Inspector
    namespace: str

    def schema(self) -> Schema:
        """Everything in the file."""
        kinds = {name: (kind, bool(without)) for name, kind, without in self._all(_TABLES)}
        kept = [name for name, (kind, _) in kinds.items() if kind != "shadow"]
        reflected = self._reflected(kept)
        left = [*reflected.not_carried, *self._special(kinds), *self._objects(reflected)]
        tables = []
        share = self._bytes_a_row(kept)
        for table in reflected.tables:
            table, lost = self._finished(table, reflected, without_rowid=kinds[table.name][1])
            rows = self._count(table.name)
            tables.append(replace(table, rows=rows, bytes=int(rows * share)))
            left += lost
        views, untold = self._views(tables)
        return Schema(tuple(tables), views, (*left, *untold))

    def _reflected(self, names: list[str]) -> Schema:
        from sqlalchemy.exc import SAWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # about indexes over expressions, which `_objects` names
            return reflect(self.inspector, None, self.namespace, names)

    def _special(self, kinds: Mapping[str, tuple[str, bool]]) -> Iterator[NotCarried]:
        for name, (kind, _) in kinds.items():
            if kind == "virtual":
                because = "its rows are carried as a plain table; what its module does with them is not."
                yield NotCarried("virtual table", self.namespace, name, because)
            elif kind == "shadow":
                because = "it is how a virtual table keeps its rows, which are carried from there."
                yield NotCarried("shadow table", self.namespace, name, because)

    def _objects(self, reflected: Schema) -> Iterator[NotCarried]:
        carried = {index.name for table in reflected.tables for index in table.indexes}
        carried |= {thing.name for thing in reflected.not_carried if thing.kind == "index"}
        for kind, name, table, written in self._all(_OBJECTS):
            if kind == "trigger":
                yield NotCarried(kind, self.namespace, name, f"a trigger of {table}: its code is not translated.")
            elif kind == "index" and written and name not in carried:
                because = f"an index of {table} over expressions or a part of the rows."
                yield NotCarried(kind, self.namespace, name, because)

    def _finished(self, table: Table, reflected: Schema, *, without_rowid: bool) -> tuple[Table, list[NotCarried]]:
        left: list[NotCarried] = []
        columns = tuple(self._counting(table, column, without_rowid) for column in table.columns)
        keys: list[ForeignKey] = []
        lost: list[ForeignKey] = []
        for key in table.foreign_keys:
            known = _known(key, table, reflected)
            (keys if known else lost).append(known or key)
        for key in lost:
            name = f"{table.name}({', '.join(key.columns)})"
            because = f"{key.parent[1]} has no such key, or columns of another type."
            left.append(NotCarried("foreign key", self.namespace, name, because))
        checks = []
        for number, each in enumerate(self.inspector.get_check_constraints(table.name), 1):
            check = translate.check(table, each["name"], each["sqltext"], "sqlite")
            if check:
                checks.append(check)
            else:
                name = f"{table.name}.{each['name'] or f'check {number}'}"
                left.append(NotCarried("check", self.namespace, name, "its condition is not translated."))
        return replace(table, columns=columns, foreign_keys=tuple(keys), checks=tuple(checks)), left

    def _counting(self, table: Table, column: Column, without_rowid: bool) -> Column:
        """The column with its next value, where it is another name of the rowid."""
        primary = next((index.columns for index in table.indexes if index.primary), ())
        if primary != (column.name,) or without_rowid:
            return column
        if not self._one(_COUNTS, table.name) or self._one(_OWN_INDEX, table.name):
            return column
        from sqlalchemy import column as named
        from sqlalchemy import func, select
        from sqlalchemy import table as relation

        largest = self.connection.scalar(select(func.max(named(column.name))).select_from(relation(table.name))) or 0
        return replace(column, identity=max(largest, self._handed_out(table.name), 0) + 1)

    def _handed_out(self, table: str) -> int:
        """The largest value that AUTOINCREMENT ever gave."""
        if not self._one("SELECT count(*) FROM sqlite_master WHERE name = ?", "sqlite_sequence"):
            return 0
        return int(self._one("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", table))

    def _views(self, tables: list[Table]) -> tuple[tuple[View, ...], list[NotCarried]]:
        found, left = [], []
        for kind, name, _, written in self._all(_OBJECTS):
            if kind == "view":
                view = translate.view(self.namespace, name, written, tables, "sqlite")
                if view:
                    found.append(view)
                else:
                    left.append(NotCarried("view", self.namespace, name, "its query is not translated."))
        return tuple(found), left

    def _bytes_a_row(self, tables: list[str]) -> float:
        size = self._one("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return float(size) / max(sum(self._count(name) for name in tables), 1)

    def _count(self, table: str) -> int:
        from sqlalchemy import func, select
        from sqlalchemy import table as relation

        return int(self.connection.scalar(select(func.count()).select_from(relation(table))) or 0)

    def _all(self, query: str) -> list[Any]:
        return list(self.connection.exec_driver_sql(query).fetchall())

    def _one(self, query: str, *parameters: str) -> Any:
        return self.connection.exec_driver_sql(query, parameters).scalar()


def _known(key: ForeignKey, table: Table, schema: Schema) -> ForeignKey | None:
    """The foreign key with its names as they are spelled where they are made; None where PostgreSQL cannot have it."""
    parent = next((each for each in schema.tables if each.name.lower() == key.parent[1].lower()), None)
    if parent is None:
        return None
    own = {column.name.lower(): column for column in table.columns}
    theirs = {column.name.lower(): column for column in parent.columns}
    try:
        columns = [own[name.lower()] for name in key.columns]
        referred = [theirs[name.lower()] for name in key.parent_columns]
    except KeyError:
        return None
    names = tuple(column.name for column in referred)
    unique = any(index.unique and set(index.columns) == set(names) for index in parent.indexes)
    pairs = zip(columns, referred, strict=True)
    if not unique or not names or any(child.form != other.form for child, other in pairs):
        return None
    return replace(
        key,
        columns=tuple(column.name for column in columns),
        parent=(parent.namespace, parent.name),
        parent_columns=names,
    )
