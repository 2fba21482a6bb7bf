"""A MySQL database as it will stand in PostgreSQL, read from information_schema; and what is not carried, with why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sunset.database.foreign.model import Column, NotCarried, Schema, Table, View
from sunset.database.foreign.names import address
from sunset.database.foreign.types import form_of
from sunset.database.general import translate
from sunset.database.mysql import checks, defaults, keys
from sunset.database.mysql.others import others
from sunset.database.mysql.place import Session
from sunset.database.mysql.type_map import native_name, target_type
from sunset.errors import Refusal

_TABLES = """
    SELECT table_name, engine, table_rows, coalesce(data_length, 0) + coalesce(index_length, 0), auto_increment,
           table_comment, create_options LIKE '%%partitioned%%'
    FROM information_schema.tables WHERE table_schema = %s AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
    ORDER BY table_name
"""
_COLUMNS = """
    SELECT table_name, column_name, column_type, is_nullable = 'YES', column_default, extra, column_comment,
           coalesce(generation_expression, '')
    FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
_VIEWS = "SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = %s ORDER BY table_name"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One database, on an open session.

    Attributes:
        session: reads it.
        zero_dates_as_null: whether zero dates become NULL, so that columns of dates have to hold it.
    """

    session: Session
    zero_dates_as_null: bool

    @property
    def namespace(self) -> str:
        return self.session.place.database

    def schema(self) -> Schema:
        """Everything in the database.

        Raises:
            Refusal: a column has a type that the map does not have.
        """
        left: list[NotCarried] = []
        columns, counting = self._columns(left)
        indexes, foreign_keys = keys.indexes(self.session, left), keys.foreign_keys(self.session)
        conditions = checks.checks(self.session)
        tables = []
        for name, engine, rows, size, next_value, comment, partitioned in self._read(_TABLES):
            table = Table(
                namespace=self.namespace,
                name=name,
                address=address(self.namespace, name),
                columns=tuple(
                    _counted(column, next_value if (name, column.name) in counting else None)
                    for column in columns[name]
                ),
                indexes=tuple(indexes[name]),
                foreign_keys=tuple(foreign_keys[name]),
                rows=int(rows or 0),
                bytes=int(size),
                comment=comment or None,
            )
            tables.append(checks.checked(table, conditions.get(name, ()), left))
            if partitioned:
                left.append(NotCarried("partitioning", self.namespace, name, "its rows are carried as one table."))
            if engine and engine.lower() not in ("innodb", "myisam", "aria", "memory", "rocksdb", "tokudb"):
                left.append(NotCarried("storage engine", self.namespace, name, f"what the engine {engine} does."))
        fitted = keys.fit_keys(tables)
        views, untold = self._views(fitted)
        return Schema(fitted, views, (*left, *untold, *others(self.session)))

    def _columns(self, left: list[NotCarried]) -> tuple[dict[str, list[Column]], set[tuple[str, str]]]:
        found: dict[str, list[Column]] = defaultdict(list)
        counting = set()
        for table, name, native, nullable, default, extra, comment, generated in self._read(_COLUMNS):
            type_ = target_type(native)
            if type_ is None:
                raise _unknown(self.namespace, table, name, native)
            dated = native_name(native) in ("date", "datetime", "timestamp")
            column = Column(name, native, type_, form_of(type_), bool(nullable) or (dated and self.zero_dates_as_null))
            told = None if generated else defaults.translate(default, column)
            found[table].append(replace(column, default=told, comment=comment or None))
            subject = f"{table}.{name}"
            if "auto_increment" in extra.lower():
                counting.add((table, name))
            if generated:
                because = "its values are carried as data, its expression is not."
                left.append(NotCarried("generated column", self.namespace, subject, because))
            elif told is None and default not in (None, "NULL"):
                left.append(NotCarried("default", self.namespace, subject, "its expression is not translated."))
            if "on update" in extra.lower():
                because = "PostgreSQL sets no column by itself when a row is changed."
                left.append(NotCarried("on update", self.namespace, subject, because))
            if "invisible" in extra.lower():
                left.append(NotCarried("invisible", self.namespace, subject, "the column is visible on the target."))
            if native_name(native) in ("enum", "set"):
                left.append(NotCarried("list of values", self.namespace, subject, f"text instead of {native[:200]}."))
        return found, counting

    def _views(self, tables: Sequence[Table]) -> tuple[tuple[View, ...], list[NotCarried]]:
        rows = self._read(_VIEWS)
        names = [name for name, _ in rows]
        told = {name: translate.view(self.namespace, name, text, tables, names, "mysql") for name, text in rows}
        because = "its query is not translated; the archive has its text."
        left = [NotCarried("view", self.namespace, name, because) for name, view in told.items() if view is None]
        return tuple(view for view in told.values() if view), left

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        return self.session.all(query, [self.namespace])


def _counted(column: Column, next_value: int | None) -> Column:
    """The column with its next value, where it counts: bigint then, where its own type would be none that counts."""
    if next_value is None:
        return column
    if column.form == "decimal":
        column = replace(column, type="bigint", form="integer")
    return replace(column, identity=int(next_value), default=None, nullable=False)


def _unknown(namespace: str, table: str, column: str, native: str) -> Refusal:
    return Refusal(
        f"the column {column!r} has the type {native}, which the map of types does not have.",
        where=address(namespace, table),
        remedy="Change its type at the source, or leave the table out by a disposition.",
    )
