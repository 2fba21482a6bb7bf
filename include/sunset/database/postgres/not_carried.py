"""What exists in the source and stays behind, each with the reason: the list "not carried, because"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg

from sunset.database.postgres.queries import query
from sunset.engine import Asset


def not_carried(connection: psycopg.Connection, source: str, schemas: Sequence[str]) -> tuple[Asset, ...]:
    """Everything of the source that does not go to the target.

    Args:
        connection: any session on the source.
        source: name of the source in the spec.
        schemas: schemas that are carried, as the catalogue spells them; none means all.
    """
    return tuple(
        Asset(source, kind, namespace, name, address, not_carried=because)
        for kind, namespace, name, address, because, *_ in _rows(connection, schemas)
    )


def places_not_carried(connection: psycopg.Connection) -> Iterator[tuple[int, int]]:
    """Where they stand in the system's catalogs, those of them that do."""
    for *_, classid, objid in _rows(connection, ()):
        yield classid, objid


def _rows(connection: psycopg.Connection, schemas: Sequence[str]) -> list[tuple[str, str, str, str, str, int, int]]:
    return connection.execute(query("not_carried"), {"schemas": list(schemas)}).fetchall()
