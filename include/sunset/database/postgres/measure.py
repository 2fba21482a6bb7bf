"""Facts of a whole database: every table, sequence and object, measured over several sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import psycopg

from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sequences import measure_sequences
from sunset.database.postgres.tables import find_table, quoted_tables
from sunset.validation.facts import Facts, TableFact

OpenSession = Callable[[], AbstractContextManager[psycopg.Connection]]


def measure(session: OpenSession, scope: Scope) -> Facts:
    """Measure everything in scope; `session` opens one more session on the state to be measured."""
    with session() as connection:
        tables = quoted_tables(connection, scope.schemas, scope.excluded)
        sequences = measure_sequences(connection, scope.schemas, scope.excluded)
        objects = inventory(connection, scope.schemas, scope.excluded)
    return Facts(measure_tables(session, tables, scope.parallel), sequences, objects)


def measure_tables(session: OpenSession, tables: Sequence[str], parallel: int) -> tuple[TableFact, ...]:
    """Facts of these tables, in the order given."""

    def share(mine: Sequence[str]) -> list[TableFact]:
        with session() as connection:
            return [measure_table(connection, find_table(connection, table)) for table in mine]

    shares = [tables[start::parallel] for start in range(min(parallel, len(tables)))]
    with ThreadPoolExecutor(max_workers=max(len(shares), 1)) as pool:
        facts = {fact.table: fact for part in pool.map(share, shares) for fact in part}
    return tuple(facts[table] for table in tables)
