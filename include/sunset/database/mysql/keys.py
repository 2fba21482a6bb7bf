"""Keys and indexes of a MySQL database, and the types that columns need so that keys fit each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sunset.database.foreign.model import ForeignKey, Index, NotCarried, Table
from sunset.database.mysql.place import Session

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


def indexes(session: Session, left: list[NotCarried]) -> dict[str, list[Index]]:
    """The indexes that are carried, by table; the others are added to what is left behind."""
    namespace = session.place.database
    parts: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for table, name, *rest in session.all(_INDEXES, [namespace]):
        parts[table, name].append(tuple(rest))
    found: dict[str, list[Index]] = defaultdict(list)
    for (table, name), columns in parts.items():
        unique, kind = bool(columns[0][0]), columns[0][1]
        because = _not_plain(kind, columns)
        if because:
            what = "unique index" if unique else "index"
            left.append(NotCarried(what, namespace, f"{table}.{name}", because))
            continue
        names = tuple(column[2] for column in columns)
        found[table].append(Index(name, names, unique, name == "PRIMARY"))
    return found


def foreign_keys(session: Session) -> dict[str, list[ForeignKey]]:
    """The foreign keys, by table."""
    parts: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for table, name, *rest in session.all(_KEYS, [session.place.database]):
        parts[table, name].append(tuple(rest))
    found: dict[str, list[ForeignKey]] = defaultdict(list)
    for (table, name), rows in parts.items():
        _, schema, parent, _, on_delete, on_update = rows[0]
        own, theirs = tuple(row[0] for row in rows), tuple(row[3] for row in rows)
        found[table].append(ForeignKey(name, own, (schema, parent), theirs, _action(on_delete), _action(on_update)))
    return found


def fit_keys(tables: Sequence[Table]) -> tuple[Table, ...]:
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


def _action(rule: str) -> str:
    return "NO ACTION" if rule == "RESTRICT" else rule
