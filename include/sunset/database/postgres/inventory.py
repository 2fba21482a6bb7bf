"""The inventory: the definition of every object of the schemas, as text that two servers can be compared by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import psycopg

from sunset.database.postgres.queries import query
from sunset.validation.facts import ObjectFact

Place = tuple[int, int]
"""Where an object stands in the system's catalogs: the catalog's OID and its own; (0, 0) for what has no own row."""

DATABASE_WIDE = {
    "extension",
    "event trigger",
    "publication",
    "foreign-data wrapper",
    "foreign server",
    "language",
    "access method",
    "cast",
    "transform",
}
"""Kinds that belong to no schema. They are carried whatever schemas the spec names, and nobody else may have any."""

_PARTS = ("inventory_relations", "inventory_routines", "inventory_others", "inventory_grants")
# PostgreSQL 16 and newer write a column's table out only where it is needed. String literals stay as they are.
_QUALIFIER = re.compile(r"""('(?:[^']|'')*')|(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)\.(?=["\w])""")
_BODIED = {"view", "materialized view", "rule", "policy"}
_MEMBERS = "SELECT classid, objid FROM pg_depend WHERE deptype = 'e'"  # they come and go with their extension


def inventory(
    connection: psycopg.Connection, schemas: Sequence[str], excluded: Sequence[str]
) -> tuple[ObjectFact, ...]:
    """All objects of these schemas (none given: all), without what belongs to the excluded tables.

    Args:
        connection: any session opened by `endpoint.connect`, whose search path makes the database qualify names.
        schemas: schema names as the catalogue spells them.
        excluded: quoted, qualified names of tables.
    """
    facts = [fact for _, fact in placed_inventory(connection, schemas, excluded)]
    return tuple(sorted(facts, key=lambda fact: (fact.kind, fact.identity, fact.definition)))


def placed_inventory(
    connection: psycopg.Connection, schemas: Sequence[str], excluded: Sequence[str]
) -> Iterator[tuple[Place, ObjectFact]]:
    """The inventory, each object with its place in the system's catalogs."""
    limits = {"schemas": list(schemas), "excluded": list(excluded)}
    members = set(connection.execute(_MEMBERS).fetchall())
    places: set[Place] = set()
    for part in _PARTS:
        for *place, kind, identity, definition in connection.execute(query("inventory_scope") + query(part), limits):
            if (found := (place[0], place[1])) not in members:
                places.add(found)
                yield found, ObjectFact(kind, identity, _comparable(kind, definition))
    for classid, objid, *remark in connection.execute(query("inventory_remarks")):
        if (classid, objid) in places:
            yield (classid, objid), ObjectFact(*remark)


def _comparable(kind: str, definition: str) -> str:
    """The definition without the qualifiers in its body; the columns and routines that it reads stand behind it."""
    if kind in _BODIED or (kind in ("function", "procedure") and "\nBEGIN ATOMIC\n" in definition):
        body, reads, rest = definition.partition("\nreads ")
        return _QUALIFIER.sub(r"\1", body) + reads + rest
    return definition
