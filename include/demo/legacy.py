"""Loads the legacy products of the demo."""

from __future__ import annotations

from pathlib import Path

from sunset.database.postgres.endpoint import Endpoint, connect

_HERE = Path(__file__).parent


def load(product: str, endpoint: Endpoint) -> None:
    """Fill an empty database with the product's schema and data, the same at every load.

    Args:
        product: a folder beside this file with numbered SQL files.
        endpoint: the database, as a user who may create roles.
    """
    scripts = [_HERE / "words.sql", *sorted((_HERE / product).glob("*.sql"))]
    with connect(endpoint, "load demo data") as connection:
        with connection.transaction():
            for script in scripts:
                connection.execute(script.read_bytes())
            connection.execute("DROP SCHEMA seed CASCADE")
        connection.execute("VACUUM ANALYZE")
