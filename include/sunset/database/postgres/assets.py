"""Discovery: everything that a database holds, with kind, size and comment."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from sunset.database.postgres.queries import query
from sunset.engine import Asset


def discover(connection: psycopg.Connection, source: str, schemas: Sequence[str]) -> tuple[Asset, ...]:
    """Every asset in these schemas (none given: all), and what belongs to the database as a whole."""
    rows = connection.execute(query("assets"), {"schemas": list(schemas)}).fetchall()
    return tuple(Asset(source, *row) for row in sorted(rows, key=lambda row: (row[0], row[3])))
