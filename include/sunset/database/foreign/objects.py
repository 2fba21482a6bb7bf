"""Objects and sequences of the target, and what they have to be.

What they have to be is what the schema makes of an empty database: it is made there, read with the same query as the
target, and dropped. Owners and grants are the target's own, and left out on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import psycopg

from sunset.database.foreign import ddl, finish
from sunset.database.foreign.model import Schema
from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.sequences import measure_sequences
from sunset.validation.facts import ObjectFact, SequenceFact

Orphans = Mapping[tuple[str, str], int]
"""Rows that break a foreign key, by the table's address and the key's name."""

_KINDS = {"table", "view", "sequence", "column", "constraint", "index", "comment", "trigger", "rule"}
_OWNER = re.compile(r"\Aowner \S.*\n?")


def build(target: psycopg.Connection, schema: Schema, orphans: Orphans) -> None:
    """Make the whole schema in an empty database, inside the caller's transaction."""
    for statement in ddl.before_rows(schema):
        target.execute(statement)
    finish.add_keys(target, schema)
    finish.add_foreign_keys(target, schema, orphans)
    finish.add_views(target, schema.views)
    finish.set_identities(target, schema)


def expected(
    scratch: psycopg.Connection, schema: Schema, orphans: Orphans
) -> tuple[tuple[ObjectFact, ...], tuple[SequenceFact, ...]]:
    """Objects and sequences of a schema, read from an empty database in which it is made."""
    with scratch.transaction():
        build(scratch, schema, orphans)
    broken = [_orphans(address, key, rows) for (address, key), rows in sorted(orphans.items())]
    return (*_defined(scratch, schema.namespaces), *broken), measure_sequences(scratch, schema.namespaces, ())


def measured(target: psycopg.Connection, schema: Schema) -> tuple[ObjectFact, ...]:
    """Objects of the target in the schema's namespaces, and the rows that break foreign keys left unvalidated."""
    unproven = _not_validated(target, schema.namespaces)
    broken = [
        _orphans(table.address, key.name, finish.count_orphans(target, table, key))
        for table in schema.tables
        for key in table.foreign_keys
        if (table.namespace, table.name, key.name) in unproven
    ]
    return *_defined(target, schema.namespaces), *broken


def _defined(connection: psycopg.Connection, namespaces: Sequence[str]) -> tuple[ObjectFact, ...]:
    facts = inventory(connection, namespaces, ()) if namespaces else ()
    return tuple(
        ObjectFact(fact.kind, fact.identity, _OWNER.sub("", fact.definition)) for fact in facts if fact.kind in _KINDS
    )


def _orphans(address: str, key: str, rows: int) -> ObjectFact:
    return ObjectFact("orphans", f"{address}: {key}", f"{rows} rows whose parent is missing")


def _not_validated(target: psycopg.Connection, namespaces: Sequence[str]) -> set[tuple[str, str, str]]:
    query = """
        SELECT n.nspname, c.relname, k.conname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND NOT k.convalidated AND n.nspname = ANY (%s)
    """
    return set(target.execute(query, [list(namespaces)]).fetchall())
