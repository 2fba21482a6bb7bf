"""All tables of one database as Parquet files, with a `schema.json` that says how each column is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from sunset.archive.parquet import TableFile, export_table
from sunset.dossier.canonical import encode

SCHEMA = "schema.json"


def export_tables(connection: psycopg.Connection, tables: Sequence[str], folder: Path) -> tuple[TableFile, ...]:
    """Export tables, each `ONLY` with its own rows, from one snapshot.

    Args:
        connection: as for `export_table`.
        tables: quoted, schema-qualified names.
        folder: local folder; made if need be.

    Raises:
        Deviation, Refusal, Unavailable: as `export_table`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exported = tuple(export_table(connection, table, folder) for table in tables)
    (folder / SCHEMA).write_bytes(encode({"tables": [_described(table) for table in exported]}))
    return exported


def _described(table: TableFile) -> Mapping[str, Any]:
    columns = [
        {"name": column.name, "type": column.type, "encoding": column.encoding, "nulls": nulls}
        for column, nulls in zip(table.columns, table.tally.nulls, strict=True)
    ]
    return {"table": table.table, "file": table.file, "rows": table.tally.rows, "columns": columns}
