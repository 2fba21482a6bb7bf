"""What SQLite keeps that SQLAlchemy's Inspector does not tell: kinds of tables, triggers, where it counts on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.model import Column, ForeignKey, NotCarried, Schema, Table, View
from sunset.database.foreign.names import address
from sunset.database.general import translate
from sunset.database.general.reflect import columns_of
from sunset.database.general.sqlite_keys import SqliteKeys

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector

_TABLES = """
    SELECT name, type, wr FROM pragma_table_list
    WHERE schema = 'main' AND type IN ('table', 'virtual', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY name
"""
_WITHOUT = "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?"
_OBJECTS = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = '{}' ORDER BY name"
_COUNTS = "SELECT count(*) FROM pragma_table_info(?) WHERE pk > 0 AND upper(type) = 'INTEGER'"
_OWN_INDEX = "SELECT count(*) FROM pragma_index_list(?) WHERE origin = 'pk'"
_LEAST_BYTES = 4
"""What a row takes in the file at least."""


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
        left = [*self._special(kinds), *self._triggers()]
        found, share = [], self._bytes_a_row(kept)
        for name in kept:
            table, lost = self._table(name, share, without_rowid=kinds[name][1])
            found.append(table)
            left += lost
        tables = []
        for table in found:
            keys = {key: _known(key, table, found) for key in table.foreign_keys}
            tables.append(replace(table, foreign_keys=tuple(known for known in keys.values() if known)))
            left += [_lost(table, key) for key, known in keys.items() if known is None]
        views, untold = self._views(tables)
        return Schema(tuple(tables), views, (*left, *untold))

    def _table(self, name: str, share: float, *, without_rowid: bool) -> tuple[Table, list[NotCarried]]:
        keys = SqliteKeys(self.connection, self.namespace, name)
        columns, left = columns_of(self.inspector, None, self.namespace, name, keys.primary())
        indexes, unindexed = keys.indexes()
        rows = self._rows(name)
        table = Table(
            namespace=self.namespace,
            name=name,
            address=address(self.namespace, name),
            columns=columns,
            indexes=tuple(indexes),
            foreign_keys=tuple(keys.foreign_keys()),
            rows=rows,
            bytes=int(rows * share),
        )
        checks, unchecked = keys.checks(table)
        counting = tuple(self._counting(table, column, without_rowid) for column in columns)
        return replace(table, columns=counting, checks=tuple(checks)), [*left, *unindexed, *unchecked]

    def _special(self, kinds: Mapping[str, tuple[str, bool]]) -> Iterator[NotCarried]:
        for name, (kind, _) in kinds.items():
            if kind == "virtual":
                because = "its rows are carried as a plain table; what its module does with them is not."
                yield NotCarried("virtual table", self.namespace, name, because)
            elif kind == "shadow":
                because = "it is how a virtual table keeps its rows, which are carried from there."
                yield NotCarried("shadow table", self.namespace, name, because)

    def _triggers(self) -> Iterator[NotCarried]:
        for name, table, _ in self._all(_OBJECTS.format("trigger")):
            yield NotCarried("trigger", self.namespace, name, f"a trigger of {table}: its code is not translated.")

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
        written = {name: text for name, _, text in self._all(_OBJECTS.format("view"))}
        for name, text in written.items():
            view = translate.view(self.namespace, name, text, tables, list(written), "sqlite")
            if view:
                found.append(view)
            else:
                left.append(NotCarried("view", self.namespace, name, "its query is not translated."))
        return tuple(found), left

    def _bytes_a_row(self, tables: list[str]) -> float:
        return self._size() / max(sum(self._rows(name) for name in tables), 1)

    def _rows(self, table: str) -> int:
        """About how many rows there are: the largest rowid, which costs nothing; counted where there is none."""
        from sqlalchemy import func, literal_column, select
        from sqlalchemy import table as relation

        what = func.count() if self._one(_WITHOUT, table) else literal_column("CAST(max(_rowid_) AS INTEGER)")
        rows = self.connection.scalar(select(what).select_from(relation(table))) or 0
        return max(min(int(rows), self._size() // _LEAST_BYTES), 0)

    def _size(self) -> int:
        return int(self._one("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))

    def _all(self, query: str) -> list[Any]:
        return list(self.connection.exec_driver_sql(query).fetchall())

    def _one(self, query: str, *parameters: str) -> Any:
        return self.connection.exec_driver_sql(query, parameters).scalar()


def _lost(table: Table, key: ForeignKey) -> NotCarried:
    name, because = f"{table.name}({', '.join(key.columns)})", f"{key.parent[1]} has no such key, or of another type."
    return NotCarried("foreign key", table.namespace, name, because)


def _known(key: ForeignKey, table: Table, tables: Sequence[Table]) -> ForeignKey | None:
    """The foreign key with its names as they are spelled where they are made; None where PostgreSQL cannot have it."""
    parent = next((each for each in tables if each.name.lower() == key.parent[1].lower()), None)
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
