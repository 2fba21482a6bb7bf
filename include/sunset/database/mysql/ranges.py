"""Units and blocks of a table: ranges of its key, where that is one whole number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sunset.database.foreign.facts import whole
from sunset.database.foreign.model import Table
from sunset.database.mysql.place import Session, quoted
from sunset.database.mysql.type_map import native_name
from sunset.engine import Unit

UNIT_BYTES = 64 * 2**20
BLOCK_BYTES = 2 * 2**20
BLOCK_ROWS = 20_000
_WHOLE_NUMBERS = {
    f"{name}{sign}" for name in ("tinyint", "smallint", "mediumint", "int", "bigint") for sign in ("", " unsigned")
}
_RANGE = re.compile(r"keys (-?\d+|start) to (-?\d+|end)")


@dataclass(frozen=True, slots=True)
class Range:
    """Keys from `first` to `last`, both included."""

    first: int
    last: int


def number_key(table: Table) -> str | None:
    """The column that is the table's primary key by itself and a whole number; None where there is no such."""
    primary = next((index.columns for index in table.indexes if index.primary), ())
    natives = {column.name: native_name(column.native) for column in table.columns}
    return primary[0] if len(primary) == 1 and natives[primary[0]] in _WHOLE_NUMBERS else None


def units_of(session: Session, table: Table) -> list[Unit]:
    """The units of a table: it alone, or ranges of its key where it is large."""
    key, size, rows = number_key(table), table.bytes or 0, table.rows or 0
    span = _span(session, table, key) if key and size > UNIT_BYTES * 3 // 2 else None
    if span is None:
        return [whole(table)]
    share = min(size // UNIT_BYTES + 1, span.last - span.first + 1)
    parts = _split(span, share)
    return [
        Unit(f"{table.address} [{number}/{len(parts)}]", table.address, rows // share, size // share, part)
        for number, part in enumerate(parts, 1)
    ]


def blocks(session: Session, table: Table, unit: Unit) -> Iterator[str | None]:
    """SQL conditions that cut a unit into blocks of some megabytes; None is the whole table at once.

    Blocks are sized by the rows that are there: keys may lie far apart.
    """
    key = number_key(table)
    if key is None:
        yield None
        return
    span = _span(session, table, key, _of(unit, key))
    if span is None:
        return
    column, place, first = quoted(key), quoted(table.namespace, table.name), span.first
    rows = max(min(BLOCK_ROWS, BLOCK_BYTES * max(table.rows or 0, 1) // max(table.bytes or 0, 1)), 100)
    while first <= span.last:
        query = f"SELECT {column} FROM {place} WHERE {column} BETWEEN {first} AND {span.last} "
        end = session.all(f"{query} ORDER BY {column} LIMIT 1 OFFSET {rows}")
        last = int(end[0][0]) - 1 if end else span.last
        yield f"{column} BETWEEN {first} AND {last}"
        first = last + 1


def _of(unit: Unit, key: str) -> str:
    """SQL of a unit's range. The outer ones are open: rows that came there after the units were made belong to them."""
    if unit.where is None:
        return "TRUE"
    match = _RANGE.fullmatch(unit.where)
    if match is None:
        raise ValueError(f"not a range of keys: {unit.where!r}")
    above = "TRUE" if match[1] == "start" else f"{quoted(key)} >= {int(match[1])}"
    below = "TRUE" if match[2] == "end" else f"{quoted(key)} <= {int(match[2])}"
    return f"{above} AND {below}"


def _span(session: Session, table: Table, key: str, condition: str = "TRUE") -> Range | None:
    """The smallest and the largest key that are there."""
    place, column = quoted(table.namespace, table.name), quoted(key)
    first, last = session.one(f"SELECT min({column}), max({column}) FROM {place} WHERE {condition}")
    return None if first is None else Range(int(first), int(last))


def _split(span: Range, share: int) -> list[str]:
    """Ranges of equal width, in the words of `Unit.where`."""
    width = (span.last - span.first) // share + 1
    starts = list(range(span.first, span.last + 1, width))
    firsts = ["start", *map(str, starts[1:])]
    lasts = [*(str(start - 1) for start in starts[1:]), "end"]
    return [f"keys {first} to {last}" for first, last in zip(firsts, lasts, strict=True)]
