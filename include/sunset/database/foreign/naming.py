"""What names a row on both sides of a copy without showing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from psycopg import sql

from sunset.database.foreign.canonical import StoredTable
from sunset.database.foreign.model import Table
from sunset.database.foreign.quarantine import SHOWN
from sunset.validation.merge import KeyDifference
from sunset.validation.rows import RowName

FINGERPRINT = 16


@dataclass(frozen=True, slots=True)
class Naming:
    """What names a row of a table: its key's values where they may be shown, else a fingerprint."""

    table: Table
    stored: StoredTable

    @property
    def key(self) -> tuple[str, ...]:
        return self.table.key or tuple(column.name for column in self.table.stored)

    @property
    def shown(self) -> tuple[str, ...]:
        forms = dict(self.stored.columns)
        return self.table.key if all(forms[name] in SHOWN for name in self.table.key) else ()

    @property
    def places(self) -> tuple[int, ...]:
        names = [column.name for column in self.table.stored]
        return tuple(names.index(name) for name in self.key)

    @property
    def name_expression(self) -> sql.Composed:
        if self.shown:
            texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in self.shown)
            return sql.SQL("ARRAY[{}]").format(texts)
        return sql.SQL("ARRAY[{}]").format(self._fingerprint)

    @property
    def _fingerprint(self) -> sql.Composed:
        return sql.SQL("left(encode(sha256(convert_to({}, 'UTF8')), 'hex'), {})").format(
            self.stored.line(self.key), sql.Literal(FINGERPRINT)
        )

    def name_of(self, key: bytes) -> str:
        """The name as one text, from the key's part of a line."""
        return key.decode() if self.shown else hashlib.sha256(key).hexdigest()[:FINGERPRINT]

    def row(self, difference: KeyDifference) -> RowName:
        if self.shown:
            named = list(zip(self.shown, difference.name, strict=True))
            text = ", ".join(f"{column}={value}" for column, value in named)
            parts = [sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value)) for column, value in named]
            condition = sql.SQL(" AND ").join(parts)
        else:
            text = f"sha256:{difference.name[0]}"
            condition = sql.SQL("{} = {}").format(self._fingerprint, sql.Literal(difference.name[0]))
        find = sql.SQL("SELECT * FROM ONLY {} WHERE {}").format(self.stored.identifier, condition)
        return RowName(text, difference.source_copies, difference.target_copies, find.as_string())
