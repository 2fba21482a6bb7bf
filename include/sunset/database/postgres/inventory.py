"""The inventory: the definition of every object of the schemas, as text that two servers can be compared by."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from sunset.database.postgres.queries import query
from sunset.validation.facts import ObjectFact


def inventory(
    connection: psycopg.Connection, schemas: Sequence[str], excluded: Sequence[str]
) -> tuple[ObjectFact, ...]:
    """All objects of these schemas (none given: all), without what belongs to the excluded tables.

    Args:
        connection: any session opened by `endpoint.connect`, whose search path makes the database qualify names.
        schemas: schema names as the catalogue spells them.
        excluded: quoted, qualified names of tables.
    """
    rows = connection.execute(query("inventory"), {"schemas": list(schemas), "excluded": list(excluded)}).fetchall()
    return tuple(ObjectFact(*row) for row in sorted(rows))
