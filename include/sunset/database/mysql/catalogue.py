"""A MySQL database as it will stand in PostgreSQL, read from information_schema; and what is not carried, with why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sunset.database.foreign.model import Column, ForeignKey, Index, NotCarried, Schema, Table, View
from sunset.database.foreign.names import address
from sunset.database.foreign.types import form_of
from sunset.database.general import translate
from sunset.database.mysql import defaults
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
_INDEXES = """
    SELECT table_name, index_name, non_unique = 0, index_type, column_name, sub_part
    FROM information_schema.statistics WHERE table_schema = %s ORDER BY table_name, index_name, seq_in_index
"""
_KEYS = """
    SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name,
           k.referenced_column_name, r.delete_rule, r.update_rule
    FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema
         AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
    WHERE k.table_schema = %s AND k.referenced_table_name IS NOT NULL
    ORDER BY k.table_name, k.constraint_name, k.ordinal_position
"""
# MariaDB names checks by table, MySQL by database and leaves the table's name out.
_NAMED_BY_TABLE = """
    SELECT count(*) FROM information_schema.columns
    WHERE lower(table_schema) = 'information_schema' AND lower(table_name) = 'check_constraints'
      AND lower(column_name) = 'table_name'
"""
_SAME_TABLE = " AND c.table_name = t.table_name"
_CHECKS = """
    SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c
    JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema
         AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK'{same_table}
    WHERE c.constraint_schema = %s ORDER BY t.table_name, c.constraint_name
"""
_VIEWS = "SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = %s ORDER BY table_name"
_OTHERS = (
    (
        "sequence",
        "SELECT table_name, '' FROM information_schema.tables WHERE table_schema = %s AND table_type = 'SEQUENCE'",
    ),
    (
        "row history",
        "SELECT table_name, 'earlier versions of rows' FROM information_schema.tables "
        "WHERE table_schema = %s AND table_type = 'SYSTEM VERSIONED'",
    ),
    (
        "table",
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s AND table_type "
        "NOT IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE', 'VIEW', 'SYSTEM VIEW')",
    ),
    ("routine", "SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = %s"),
    ("trigger", "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = %s"),
    ("event", "SELECT event_name, '' FROM information_schema.events WHERE event_schema = %s"),
)
_WITH_CODE = ("routine", "trigger", "event")
_CODE = "its code is not translated; the archive has its text."


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
        indexes, keys = self._indexes(left), self._foreign_keys()
        by_table = self.session.one(_NAMED_BY_TABLE) == (1,)
        checks = self._read(_CHECKS.format(same_table=_SAME_TABLE if by_table else ""))
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
                foreign_keys=tuple(keys[name]),
                rows=int(rows or 0),
                bytes=int(size),
                comment=comment or None,
            )
            tables.append(self._checked(table, [row[1:] for row in checks if row[0] == name], left))
            if partitioned:
                left.append(NotCarried("partitioning", self.namespace, name, "its rows are carried as one table."))
            if engine and engine.lower() not in ("innodb", "myisam", "aria", "memory", "rocksdb", "tokudb"):
                left.append(NotCarried("storage engine", self.namespace, name, f"what the engine {engine} does."))
        fitted = _fit_keys(tables)
        views, untold = self._views(fitted)
        return Schema(fitted, views, (*left, *untold, *self._others()))

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

    def _indexes(self, left: list[NotCarried]) -> dict[str, list[Index]]:
        parts: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
        for table, name, *rest in self._read(_INDEXES):
            parts[table, name].append(tuple(rest))
        found: dict[str, list[Index]] = defaultdict(list)
        for (table, name), columns in parts.items():
            unique, kind = bool(columns[0][0]), columns[0][1]
            because = _not_plain(kind, columns)
            if because:
                what = "unique index" if unique else "index"
                left.append(NotCarried(what, self.namespace, f"{table}.{name}", because))
                continue
            names = tuple(column[2] for column in columns)
            found[table].append(Index(name, names, unique, name == "PRIMARY"))
        return found

    def _foreign_keys(self) -> dict[str, list[ForeignKey]]:
        parts: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
        for table, name, *rest in self._read(_KEYS):
            parts[table, name].append(tuple(rest))
        found: dict[str, list[ForeignKey]] = defaultdict(list)
        for (table, name), rows in parts.items():
            _, schema, parent, _, on_delete, on_update = rows[0]
            own, theirs = tuple(row[0] for row in rows), tuple(row[3] for row in rows)
            found[table].append(ForeignKey(name, own, (schema, parent), theirs, _action(on_delete), _action(on_update)))
        return found

    def _checked(self, table: Table, checks: Sequence[tuple[Any, ...]], left: list[NotCarried]) -> Table:
        """The table with its checks; one that only says that a text is JSON makes it JSON."""
        kept = []
        for name, clause in checks:
            if column := _json_column(table, clause):
                table = replace(
                    table,
                    columns=tuple(
                        replace(each, type="json", form="json") if each.name == column else each
                        for each in table.columns
                    ),
                )
            elif told := next((translate.check(table, found) for found in _conditions(clause)), None):
                kept.append(replace(told, name=name))
            else:
                left.append(NotCarried("check", self.namespace, f"{table.name}.{name}", "it is not translated."))
        return replace(table, checks=tuple(kept))

    def _views(self, tables: Sequence[Table]) -> tuple[tuple[View, ...], list[NotCarried]]:
        rows = self._read(_VIEWS)
        names = [name for name, _ in rows]
        told = {name: translate.view(self.namespace, name, text, tables, names, "mysql") for name, text in rows}
        because = "its query is not translated; the archive has its text."
        left = [NotCarried("view", self.namespace, name, because) for name, view in told.items() if view is None]
        return tuple(view for view in told.values() if view), left

    def _others(self) -> Iterator[NotCarried]:
        for kind, query in _OTHERS:
            for name, what in self._read(query):
                because = _CODE if kind in _WITH_CODE else "it is nothing that the target has."
                yield NotCarried(kind, self.namespace, name, f"{what.lower()}: {because}" if what else because)

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        return self.session.all(query, [self.namespace])


def _counted(column: Column, next_value: int | None) -> Column:
    """The column with its next value, where it counts: bigint then, where its own type would be none that counts."""
    if next_value is None:
        return column
    if column.form == "decimal":
        column = replace(column, type="bigint", form="integer")
    return replace(column, identity=int(next_value), default=None, nullable=False)


def _fit_keys(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables with columns that refer to a number of the parent's own type: a key needs one type on both sides."""
    fitted: Mapping[tuple[str, str], Table] = {(table.namespace, table.name): table for table in tables}
    while True:
        changed = {place: _fit(table, fitted) for place, table in fitted.items()}
        if changed == fitted:
            return tuple(changed.values())
        fitted = changed


def _fit(table: Table, tables: Mapping[tuple[str, str], Table]) -> Table:
    types = {}
    for key in table.foreign_keys:
        parent = tables.get(key.parent)
        theirs = {column.name: column for column in parent.columns} if parent else {}
        for own, other in zip(key.columns, key.parent_columns, strict=True):
            if other in theirs and theirs[other].form in ("integer", "decimal"):
                types[own] = theirs[other]
    columns = tuple(
        replace(column, type=types[column.name].type, form=types[column.name].form)
        if column.name in types and column.form in ("integer", "decimal") and column.identity is None
        else column
        for column in table.columns
    )
    return replace(table, columns=columns)


def _not_plain(kind: str, columns: Sequence[tuple[Any, ...]]) -> str:
    if kind in ("FULLTEXT", "SPATIAL"):
        return f"PostgreSQL has no index of kind {kind}."
    if any(name is None for _, _, name, _ in columns):
        return "it is over an expression."
    if any(prefix is not None for *_, prefix in columns):
        return "it is over the beginning of a column."
    return ""


def _json_column(table: Table, clause: str) -> str | None:
    words = clause.strip("() ").replace(" ", "").lower()
    return next(
        (
            column.name
            for column in table.columns
            if words in (f"json_valid(`{column.name.lower()}`", f"json_valid({column.name.lower()}")
        ),
        None,
    )


def _conditions(clause: str) -> list[Any]:
    return translate.checks(f"CREATE TABLE t (x INT, CHECK ({clause}))", "mysql")


def _action(rule: str) -> str:
    return "NO ACTION" if rule == "RESTRICT" else rule


def _unknown(namespace: str, table: str, column: str, native: str) -> Refusal:
    return Refusal(
        f"the column {column!r} has the type {native}, which the map of types does not have.",
        where=address(namespace, table),
        remedy="Change its type at the source, or leave the table out by a disposition.",
    )
