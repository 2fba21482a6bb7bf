"""Units of work: whole tables, or block ranges of large ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.engine import Unit

WHOLE_BYTES = 384 * 2**20
"""Of the rows of a table that is copied as one: its rows can be written frozen."""

RANGE_BYTES = 64 * 2**20
"""Of a range: small, so that workers end at about the same time."""

MOST_RANGES = 2000
_RANGE = re.compile(r"blocks (\d+) to (\d+|end)")
_SIZES = """
    SELECT wanted, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid), pg_relation_size(c.oid),
           current_setting('block_size')::int
    FROM unnest(%s::text[]) AS wanted JOIN pg_class c ON c.oid = to_regclass(wanted)
"""


def make_units(connection: psycopg.Connection, tables: Sequence[str], whole_bytes: int = WHOLE_BYTES) -> list[Unit]:
    """Units for these tables, largest first. A table above `whole_bytes` of heap is cut into even block ranges.

    Servers before version 14 read the whole table for every range: they get whole tables.
    """
    cuts = connection.info.server_version >= 140000
    units: list[Unit] = []
    for table, rows, size, heap, block in connection.execute(_SIZES, [list(tables)]).fetchall():
        ranges = min(-(-heap // RANGE_BYTES), MOST_RANGES) if cuts and heap > whole_bytes else 1
        units += _split(table, rows, size, heap // block, ranges)
    return sorted(units, key=lambda unit: (-unit.bytes, unit.name))


def range_condition(unit: Unit) -> sql.Composable | None:
    """The rows of a unit as a condition on ctid, or None for the whole table.

    The last range is open: rows that were added to the end after the sizes were taken belong to it.
    """
    if unit.where is None:
        return None
    match = _RANGE.fullmatch(unit.where)
    if match is None:
        raise ValueError(f"not a block range: {unit.where!r}")
    first = sql.SQL("ctid >= {}::tid").format(sql.Literal(f"({match[1]},0)"))
    if match[2] == "end":
        return first
    return sql.SQL("{} AND ctid < {}::tid").format(first, sql.Literal(f"({match[2]},0)"))


def _split(table: str, rows: int, size: int, blocks: int, ranges: int) -> list[Unit]:
    if ranges == 1:
        return [Unit(table, table, rows, size)]
    starts = [blocks * number // ranges for number in range(ranges)]
    ends = [*(str(start) for start in starts[1:]), "end"]
    return [
        Unit(f"{table} [{number}/{ranges}]", table, rows // ranges, size // ranges, f"blocks {start} to {end}")
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
