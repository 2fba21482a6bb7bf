"""Facts of a whole database: every table, sequence and object, measured over several sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack

import psycopg

from sunset.database.postgres import large_objects
from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sequences import measure_sequences
from sunset.database.postgres.tables import find_table, quoted_tables, require_same_file
from sunset.database.postgres.units import RANGE_BYTES, make_units, range_condition
from sunset.database.spread import spread
from sunset.engine import Unit
from sunset.validation.facts import Facts, TableFact, combine

OpenSession = Callable[[], AbstractContextManager[psycopg.Connection]]


def measure(session: OpenSession, scope: Scope) -> Facts:
    """Measure everything in scope; `session` opens one more session on the state to be measured."""
    with session() as connection:
        tables = (*quoted_tables(connection, scope.schemas, scope.excluded), *large_objects.present(connection))
        sequences = measure_sequences(connection, scope.schemas, scope.excluded)
        objects = inventory(connection, scope.schemas, scope.excluded)
    return Facts(measure_tables(session, tables, scope.parallel), sequences, objects)


def measure_tables(session: OpenSession, tables: Sequence[str], parallel: int) -> tuple[TableFact, ...]:
    """Facts of these tables, in the order given. Large ones are measured by ranges, several at once.

    Raises:
        Refusal: a table does not exist (any more).
    """
    with ExitStack() as sessions:
        workers = [sessions.enter_context(session()) for _ in range(parallel if tables else 0)]
        facts = spread(workers, _units(workers[0], tables), _measure) if workers else []
    parts: dict[str, list[TableFact]] = {table: [] for table in tables}
    for fact in facts:
        parts[fact.table].append(fact)
    return tuple(combine(parts[table], table) for table in tables)


def _measure(worker: psycopg.Connection, unit: Unit) -> TableFact:
    if unit.table == large_objects.TABLE:
        return large_objects.measure(worker)
    fact = measure_table(worker, find_table(worker, unit.table), range_condition(unit))
    require_same_file(worker, unit.table)
    return fact


def _units(connection: psycopg.Connection, tables: Sequence[str]) -> list[Unit]:
    plain = [find_table(connection, table).quoted for table in tables if table != large_objects.TABLE]
    others = [Unit(table, table, 0, 0) for table in tables if table == large_objects.TABLE]
    return others + make_units(connection, plain, RANGE_BYTES)
