"""Units of work: whole tables, or block ranges of large ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.engine import Unit

RANGE_BYTES = 256 * 2**20
_WHOLE = 2**60
_RANGE = re.compile(r"blocks (\d+) to (\d+|end)")
_SIZES = """
    SELECT wanted, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid), pg_relation_size(c.oid),
           current_setting('block_size')::int
    FROM unnest(%s::text[]) AS wanted JOIN pg_class c ON c.oid = to_regclass(wanted)
"""


def make_units(connection: psycopg.Connection, tables: Sequence[str], range_bytes: int = RANGE_BYTES) -> list[Unit]:
    """Units for these tables, largest first. A table above `range_bytes` of heap is cut into block ranges.

    Servers before version 14 read the whole table for every range: they get whole tables.
    """
    if connection.info.server_version < 140000:
        range_bytes = _WHOLE
    units: list[Unit] = []
    for table, rows, size, heap, block in connection.execute(_SIZES, [list(tables)]).fetchall():
        units += _split(table, rows, size, heap // block, max(range_bytes // block, 1))
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


def _split(table: str, rows: int, size: int, blocks: int, step: int) -> list[Unit]:
    if blocks <= step * 3 // 2:
        return [Unit(table, table, rows, size)]
    starts = list(range(0, blocks, step))
    ends = [*(str(start) for start in starts[1:]), "end"]
    share = len(starts)
    return [
        Unit(f"{table} [{number}/{share}]", table, rows // share, size // share, f"blocks {start} to {end}")
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
