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
from sunset.database.postgres.tables import find_table, largest_first, quoted_tables
from sunset.database.spread import spread
from sunset.validation.facts import Facts, TableFact

OpenSession = Callable[[], AbstractContextManager[psycopg.Connection]]


def measure(session: OpenSession, scope: Scope) -> Facts:
    """Measure everything in scope; `session` opens one more session on the state to be measured."""
    with session() as connection:
        tables = (*quoted_tables(connection, scope.schemas, scope.excluded), *large_objects.present(connection))
        sequences = measure_sequences(connection, scope.schemas, scope.excluded)
        objects = inventory(connection, scope.schemas, scope.excluded)
    return Facts(measure_tables(session, tables, scope.parallel), sequences, objects)


def measure_tables(session: OpenSession, tables: Sequence[str], parallel: int) -> tuple[TableFact, ...]:
    """Facts of these tables, in the order given; the largest are measured first."""
    with ExitStack() as sessions:
        workers = [sessions.enter_context(session()) for _ in range(min(parallel, len(tables)))]
        if not workers:
            return ()
        ordered = largest_first(workers[0], tables)
        facts = spread(workers, ordered, _measure)
    by_table = {fact.table: fact for fact in facts}
    return tuple(by_table[table] for table in tables)


def _measure(worker: psycopg.Connection, table: str) -> TableFact:
    if table == large_objects.TABLE:
        return large_objects.measure(worker)
    return measure_table(worker, find_table(worker, table))
