"""PostgreSQL's text of rows as Arrow tables, value for value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sunset.archive.columns import BINARY, STRING, Column

if TYPE_CHECKING:
    import pyarrow as pa

_DECIMAL = re.compile(r"decimal128\((?P<precision>[0-9]+), (?P<scale>[0-9]+)\)")


def parse(text: bytearray, columns: Sequence[Column], schema: pa.Schema) -> pa.Table:
    """The rows of a piece of CSV as COPY writes it: unquoted nothing is NULL, quoted nothing is empty.

    Raises:
        pyarrow.ArrowInvalid: a value is not of its type, or no UTF-8; the message quotes it.
    """
    import pyarrow as pa
    from pyarrow import csv

    types = [pa.string() if column.encoding == BINARY else _arrow_type(column.encoding) for column in columns]
    names = [str(index) for index in range(len(columns))]
    parsed = csv.read_csv(
        pa.py_buffer(text),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    pairs = zip(columns, parsed.columns, strict=True)
    arrays = [_bytes(data) if column.encoding == BINARY else data for column, data in pairs]
    return pa.Table.from_arrays(arrays, schema=schema)


def _bytes(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    values = (value.as_py() for value in column)
    return pa.array([None if value is None else bytes.fromhex(value[2:]) for value in values], pa.binary())


def arrow_schema(table: str, columns: Sequence[Column]) -> pa.Schema:
    """The file's schema; each field carries the PostgreSQL type and the encoding chosen."""
    import pyarrow as pa

    fields = [
        pa.field(column.name, _arrow_type(column.encoding), metadata={"type": column.type, "encoding": column.encoding})
        for column in columns
    ]
    return pa.schema(fields, metadata={"table": table})


def _arrow_type(encoding: str) -> pa.DataType:
    import pyarrow as pa

    decimal = _DECIMAL.fullmatch(encoding)
    if decimal:
        return pa.decimal128(int(decimal["precision"]), int(decimal["scale"]))
    types: dict[str, Any] = {
        "boolean": pa.bool_(), "int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(),
        "float32": pa.float32(), "float64": pa.float64(), BINARY: pa.binary(), STRING: pa.string(),
        "date32": pa.date32(), "timestamp[us]": pa.timestamp("us"), "timestamp[us, UTC]": pa.timestamp("us", "UTC"),
    }  # fmt: skip
    return types[encoding]
