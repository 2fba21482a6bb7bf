"""Keys, indexes and checks of a SQLite table, from its pragmas: SQLAlchemy reads them out of the text of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.model import CheckConstraint, ForeignKey, Index, NotCarried, Table
from sunset.database.general import translate

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PRIMARY = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
_INDEXES = 'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name'
_PARTS = "SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno"
_FOREIGN = """
    SELECT id, "table", "from", "to", on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY id, seq
"""
_TEXT = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CHECK = re.compile(r"\bCHECK\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SqliteKeys:
    """One table of a SQLite file, on an open session."""

    connection: Connection
    namespace: str
    table: str

    def primary(self) -> tuple[str, ...]:
        """The columns of the primary key; none where it has none."""
        return tuple(name for (name,) in self._all(_PRIMARY, self.table))

    def indexes(self) -> tuple[list[Index], list[NotCarried]]:
        """Every index over columns, and what of the others is not carried."""
        primary = self.primary()
        found = [Index("", primary, unique=True, primary=True)] if primary else []
        left = []
        for name, unique, origin, partial in self._all(_INDEXES, self.table):
            parts = self._all(_PARTS, name)
            columns = tuple(column for column, _ in parts)
            if partial or None in columns:
                because = f"an index of {self.table} over expressions or a part of the rows."
                left.append(NotCarried("index", self.namespace, name, because))
                continue
            if other := sorted({collation for _, collation in parts} - {"BINARY"}):
                because = f"an index of {self.table} compares by it; PostgreSQL's compares by bytes."
                left.append(NotCarried("collation", self.namespace, f"{name}: {', '.join(other)}", because))
            if origin != "pk":
                found.append(Index("" if name.startswith("sqlite_autoindex") else name, columns, bool(unique)))
        return found, left

    def foreign_keys(self) -> Iterator[ForeignKey]:
        """Every foreign key, with the names as they stand in it: SQLite does not look at their case."""
        deferred = re.search(r"INITIALLY\s+DEFERRED", self._text(), re.IGNORECASE) is not None
        for _, rows in groupby(self._all(_FOREIGN, self.table), key=lambda row: row[0]):
            parts = list(rows)
            _, parent, _, first, on_delete, on_update = parts[0]
            referred = tuple(row[3] for row in parts) if first else SqliteKeys(self.connection, "", parent).primary()
            columns = tuple(row[2] for row in parts)
            yield ForeignKey("", columns, (self.namespace, parent), referred, on_delete, on_update, deferred)

    def checks(self, table: Table) -> tuple[list[CheckConstraint], list[NotCarried]]:
        """The checks whose condition is translated, and those that are not carried."""
        text = self._text()
        written = len(_CHECK.findall(_LITERAL.sub("''", text)))
        conditions = translate.checks(text, "sqlite") if written else []
        found, left = [], []
        for number in range(1, max(written, len(conditions)) + 1):
            condition = conditions[number - 1] if number <= len(conditions) else None
            check = translate.check(table, condition) if condition is not None else None
            if check:
                found.append(check)
            else:
                name = f"{table.name}: check {number}"
                left.append(NotCarried("check", self.namespace, name, "its condition is not translated."))
        return found, left

    def _text(self) -> str:
        return str(self.connection.exec_driver_sql(_TEXT, (self.table,)).scalar() or "")

    def _all(self, query: str, parameter: str) -> list[Any]:
        return list(self.connection.exec_driver_sql(query, (parameter,)).fetchall())
