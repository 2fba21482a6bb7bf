"""Sequences: read exactly, set exactly. A sequence's state is outside of every snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

from sunset.validation.facts import SequenceFact

_FIND = """
    SELECT format('%%I.%%I', n.nspname, c.relname), n.nspname, c.relname, s.seqincrement
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sunset_checkpoint')
      AND c.relpersistence <> 't'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
      AND NOT format('%%I.%%I', n.nspname, c.relname) = ANY (%(excluded)s::text[])
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND (d.deptype = 'e' OR d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                           AND d.refobjid IN (SELECT to_regclass(x) FROM unnest(%(excluded)s::text[]) AS x)))
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""


def measure_sequences(
    connection: psycopg.Connection, schemas: Sequence[str], excluded: Sequence[str]
) -> tuple[SequenceFact, ...]:
    """State of every sequence of these schemas (none given: all), without those owned by excluded tables."""
    found = connection.execute(_FIND, {"schemas": list(schemas), "excluded": list(excluded)}).fetchall()
    facts = []
    for quoted, namespace, name, increment in found:
        state = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(namespace, name))
        last, called = connection.execute(state).fetchone()  # type: ignore[misc]
        facts.append(SequenceFact(quoted, last, called, last + increment if called else last))
    return tuple(facts)


def set_sequences(connection: psycopg.Connection, facts: Iterable[SequenceFact]) -> None:
    """Give every sequence of the target the state that its source had."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT setval(%s::regclass, %s, %s)", [(fact.sequence, fact.last_value, fact.is_called) for fact in facts]
        )
