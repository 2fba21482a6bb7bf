"""SQLite files to retire, and the connection that leads to one."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from services.samples import DATA
from sunset.database.postgres.endpoint import Endpoint, connect


def make(file: Path, script: str) -> Path:
    """A SQLite file with what a script makes."""
    with closing(sqlite3.connect(file)) as session:
        session.executescript(script)
        session.commit()
    return file


def chinook(file: Path) -> Path:
    """Chinook's variant for SQLite."""
    return make(file, gzip.decompress((DATA / "chinook" / "sqlite.sql.gz").read_bytes()).decode("utf-8-sig"))


def connection_to(file: Path) -> dict[str, Any]:
    """The fields of an Airflow connection of type SQLite."""
    return {"conn_type": "sqlite", "host": str(file)}


def column_rows(database: Endpoint, query: str) -> list[Any]:
    """The rows of a query on PostgreSQL; of a single column, its values."""
    with connect(database, "tests") as link:
        rows = link.execute(query.encode()).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]
