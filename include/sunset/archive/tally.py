"""Counts over one table, taken in the database and again in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql

from sunset.archive.columns import BINARY, STRING, Column

_FITS = {
    "date32": "{} BETWEEN date '0001-01-01' AND date '9999-12-31'",
    "timestamp[us]": "{} BETWEEN timestamp '0001-01-01' AND timestamp '9999-12-31 23:59:59.999999'",
    "timestamp[us, UTC]": "{} BETWEEN timestamptz '0001-01-01Z' AND timestamptz '9999-12-31 23:59:59.999999Z'",
    "decimal": "{} <> 'NaN'",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over one table, the same in the database and in a file.

    Attributes:
        rows: number of rows.
        nulls: NULLs by column.
        bytes: for each column kept as string or binary, the length of all its values together.
    """

    rows: int
    nulls: tuple[int, ...]
    bytes: tuple[int, ...]

    def differences(self, other: Tally, columns: Sequence[Column]) -> list[str]:
        """One line for each count in which `other`, the file's, is not the same."""
        lines = [] if self.rows == other.rows else [f"{self.rows} rows counted, {other.rows} in the file"]
        for what, counted, found in (("NULLs", self.nulls, other.nulls), ("bytes", self.bytes, other.bytes)):
            for column, here, there in zip(columns, counted, found, strict=True):
                if here != there:
                    lines.append(f"column {column.name}: {here} {what} counted, {there} in the file")
        return lines


def measure(
    connection: psycopg.Connection, relation: sql.Composable, columns: Sequence[Column]
) -> tuple[tuple[Column, ...], Tally]:
    """Settle the encodings by the values there are, and count: one pass over the relation."""
    length = _LENGTH if connection.info.parameter_status("server_encoding") == "UTF8" else _LENGTH_IN_UTF8
    counted = [sql.SQL("count({})").format(_name(column)) for column in columns]
    fitting = [sql.SQL("coalesce(bool_and({}), true)").format(_fits(column)) for column in columns]
    lengths = [sql.SQL("coalesce(sum({}), 0)").format(_length(column, length)) for column in columns]
    query = sql.SQL("SELECT count(*), {}, {}, {} FROM {}").format(
        _array(counted, "bigint"), _array(fitting, "boolean"), _array(lengths, "bigint"), relation
    )
    rows, present, fits, sizes = cast("tuple[Any, ...]", connection.execute(query).fetchone())
    pairs = zip(columns, fits, strict=True)
    settled = tuple(column if fit else replace(column, encoding=STRING) for column, fit in pairs)
    kept = tuple(size if column.has_length else 0 for column, size in zip(settled, sizes, strict=True))
    return settled, Tally(rows, tuple(rows - count for count in present), kept)


def read_back(path: Path, columns: Sequence[Column]) -> Tally:
    """Count what a Parquet file holds, one row group in memory at a time."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows, nulls, sizes = 0, [0] * len(columns), [0] * len(columns)
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            batch = file.read_row_group(group)
            rows += batch.num_rows
            for index, column in enumerate(columns):
                data = batch.column(index)
                nulls[index] += data.null_count
                if column.has_length:
                    sizes[index] += pc.sum(pc.binary_length(data)).as_py() or 0
    return Tally(rows, tuple(nulls), tuple(sizes))


_LENGTH = sql.SQL("octet_length(format('%s', {}))")
_LENGTH_IN_UTF8 = sql.SQL("octet_length(convert_to(format('%s', {}), 'UTF8'))")


def _name(column: Column) -> sql.Composable:
    return sql.Identifier(column.name)


def _fits(column: Column) -> sql.Composable:
    return sql.SQL(_FITS.get(_family(column), "true")).format(_name(column))


def _length(column: Column, of_text: sql.SQL) -> sql.Composable:
    """Length of a value as it will be kept; what may not fit its type is kept as text."""
    if column.encoding == BINARY:
        return sql.SQL("octet_length({})").format(_name(column))
    return of_text.format(_name(column)) if column.encoding == STRING or _family(column) in _FITS else sql.SQL("0")


def _family(column: Column) -> str:
    return "decimal" if column.encoding.startswith("decimal") else column.encoding


def _array(items: Sequence[sql.Composable], type_: str) -> sql.Composed:
    """An array, because a list of results is limited to 1,664."""
    return sql.SQL("ARRAY[{}]::{}[]").format(sql.SQL(", ").join(items), sql.SQL(type_))
