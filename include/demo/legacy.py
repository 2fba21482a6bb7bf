"""Loads the legacy products of the demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from sunset.database.postgres.endpoint import Endpoint, connect

if TYPE_CHECKING:
    from typing import LiteralString

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
                # our own files, without parameters
                connection.execute(cast("LiteralString", script.read_text(encoding="utf-8")))
            connection.execute("DROP SCHEMA seed CASCADE")
        connection.execute("VACUUM ANALYZE")
