"""What the preflight looks for in the source's rows: those that break a rule which the source itself sets.

A foreign key loaded with triggers off, or a unique index that is broken, lets rows in that no target takes again. All
tables are read, the small ones first, for a bounded time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

from sunset.database.postgres.budget import Budget
from sunset.database.postgres.places import Places
from sunset.database.postgres.tables import Table, find_table, quoted_tables
from sunset.engine import Finding
from sunset.validation.constraints import (
    CheckRule,
    Constraint,
    ForeignKey,
    NotNull,
    UniqueKey,
    find_constraints,
    find_unvalidated,
)
from sunset.validation.rules import READ_TABLES, doubles_query, orphans_query, scan_query

SECONDS = 60.0
"""Time for reading all tables."""

_BY_SIZE = "SELECT t FROM unnest(%s::text[]) AS t ORDER BY pg_table_size(to_regclass(t)), t"


def broken_rules(places: Places) -> Iterable[Finding]:
    """Rows that break a key, NOT NULL, foreign key or check of the source; counted by constraint."""
    names = list(quoted_tables(places.reads, places.scope.schemas, places.scope.excluded))
    names = [name for (name,) in places.reads.execute(_BY_SIZE, [names]).fetchall()]
    tables = {name: find_table(places.reads, name) for name in names}
    budget = Budget(SECONDS)
    sets = ((find_constraints(places.reads, names), _error), (find_unvalidated(places.reads, names), _warning))
    for constraints, finding in sets:
        for table, mine in rules_by_table(tables, constraints):
            for constraint, broken in broken_rows(budget, places.reads, table, mine):
                yield finding(table.quoted, constraint, broken)
    if left_out := budget.left_out:
        message = f"its rows were not held against its rules: the time for that, {SECONDS:.0f} s, was over"
        others = f", and so with {len(left_out) - 1} more tables" if len(left_out) > 1 else ""
        yield Finding("info", "not_looked_at", left_out[0], f"{message}{others}.", "Validation holds the copy to them.")


def rules_by_table(
    tables: dict[str, Table], constraints: Sequence[Constraint]
) -> Iterable[tuple[Table, Sequence[Constraint]]]:
    """The tables that have constraints, each with its own."""
    for name, table in tables.items():
        if mine := [constraint for constraint in constraints if constraint.table == name]:
            yield table, mine


def broken_rows(
    budget: Budget, connection: psycopg.Connection, table: Table, constraints: Sequence[Constraint]
) -> Iterable[tuple[Constraint, int]]:
    """The constraints that rows break, with their number."""
    of_rows = [constraint for constraint in constraints if isinstance(constraint, NotNull | CheckRule)]
    queries: list[tuple[Sequence[Constraint], sql.Composed]] = []
    if of_rows:
        queries.append((of_rows, scan_query(table, of_rows)))
    queries += [([each], orphans_query(table, each)) for each in constraints if isinstance(each, ForeignKey)]
    queries += [([each], doubles_query(table, each)) for each in constraints if isinstance(each, UniqueKey)]
    for asked, query in queries:
        if answer := budget.ask(connection, table.quoted, query, READ_TABLES):
            found = answer[0][0][-len(asked) :]  # a scan counts the rows before all else
            yield from ((each, broken) for each, broken in zip(asked, found, strict=True) if broken)


def _error(table: str, constraint: Constraint, broken: int) -> Finding:
    if isinstance(constraint, ForeignKey):
        message = f"{constraint}: {broken} rows refer to none; the key cannot be made on the target."
        return Finding("error", "orphans", table, message, "Correct or delete them on the source.")
    if isinstance(constraint, UniqueKey):
        message = f"{constraint}: {broken} rows are doubles that its index did not keep out."
        return Finding("error", "doubles", table, message, "Remove them on the source, then REINDEX.")
    message = f"{constraint}: {broken} rows break it; the target will not take them."
    return Finding("error", "rule_broken", table, message, "Correct them on the source.")


def _warning(table: str, constraint: Constraint, broken: int) -> Finding:
    message = f"{constraint}: {broken} rows break it; it is NOT VALID, and stays so on the target."
    remedy = "Correct them on the source and VALIDATE it, or leave it as it is."
    if isinstance(constraint, ForeignKey):
        return Finding("warning", "orphans", table, message, remedy)
    return Finding("warning", "rule_broken", table, message, remedy)
