"""What is wrong with the tables of a source: broken rules, doubles, keys that take NULL, indexes that are not used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from sunset.catalogue.survey import Limits, Remark
from sunset.database.postgres.budget import Budget
from sunset.database.postgres.checksum import fact_query, row_expression
from sunset.database.postgres.preflight_rows import broken_rows, rules_by_table
from sunset.database.postgres.queries import query
from sunset.database.postgres.tables import find_table
from sunset.validation.constraints import ForeignKey, UniqueKey, find_constraints, find_unvalidated

if TYPE_CHECKING:
    from sunset.database.postgres.survey import Columns, Relation

_DOUBLES = """
    SELECT coalesce(sum(times - 1), 0)::bigint
    FROM (SELECT count(*) AS times FROM ONLY {table} GROUP BY {row} HAVING count(*) > 1) AS doubles
"""
_NULLS = "SELECT count(*) FROM ONLY {table} WHERE num_nulls({columns}) > 0"
_MESSAGES = {
    "invalid_index": "the index {name!r} is not valid: the server does not use it.",
    "not_validated": "the constraint {name!r} was never held against the rows.",
    "no_key": "has no key: no row can be told from another that is equal.",
}

_NOT_CHECKED = "its rows were not looked at for orphans and doubles: too large, no time left, or no permission."

Found = dict[str, list[Remark]]


def remarks(
    connection: psycopg.Connection, relations: Sequence[Relation], columns: Mapping[int, Columns], limits: Limits
) -> Found:
    """Remarks by address; tables that are too large, or that the time did not reach, have fewer."""
    found: Found = defaultdict(list)
    budget = _Lenient(limits.seconds / 2)
    small = [each for each in relations if each.readable and 0 < each.bytes <= limits.whole_bytes]
    for address, remark in (
        *_structure(connection, relations, budget, limits),
        *_rules(connection, small, budget),
        *_same_content(connection, small, columns, budget),
    ):
        found[address].append(remark)
    passed_over = [each.address for each in relations if each.bytes and each not in small]
    for address in (*passed_over, *budget.left_out):
        found[address].append(Remark("not_checked", _NOT_CHECKED))
    return found


@dataclass(frozen=True, slots=True)
class _Lenient(Budget):
    """A budget that also goes without what the server refuses to tell."""

    def ask(
        self, connection: psycopg.Connection, about: str, query: sql.Composed, settings: dict[str, str] | None = None
    ) -> list[tuple[Any, ...]] | None:
        try:
            return Budget.ask(self, connection, about, query, settings)
        except psycopg.Error:
            if connection.broken or connection.closed:
                raise
        if about not in self.left_out:
            self.left_out.append(about)
        return None


def _structure(
    connection: psycopg.Connection, relations: Sequence[Relation], budget: Budget, limits: Limits
) -> Iterator[tuple[str, Remark]]:
    by_oid = {each.oid: each for each in relations}
    for oid, code, name, names in connection.execute(query("survey_indexes"), {"oids": list(by_oid)}).fetchall():
        relation = by_oid[oid]
        small = relation.readable and 0 < relation.bytes <= limits.whole_bytes
        if code in _MESSAGES:
            yield relation.address, Remark(code, _MESSAGES[code].format(name=name))
        if code == "no_key" and small and (doubles := _doubles(connection, relation, budget)):
            yield relation.address, Remark("doubles", f"{doubles} rows are equal to another one.", doubles)
        if code == "null_in_key" and small and (nulls := _nulls(connection, relation, names, budget)):
            message = f"{nulls} rows have NULL in the key {name!r}, which does not tell them apart."
            yield relation.address, Remark("null_in_key", message, nulls)


def _rules(
    connection: psycopg.Connection, relations: Sequence[Relation], budget: Budget
) -> Iterator[tuple[str, Remark]]:
    """Rows that break a foreign or unique key."""
    names = [each.address for each in relations]
    tables = {name: find_table(connection, name) for name in names}
    rules = [*find_constraints(connection, names), *find_unvalidated(connection, names)]
    asked = [rule for rule in rules if isinstance(rule, ForeignKey | UniqueKey)]
    for table, mine in rules_by_table(tables, asked):
        for rule, broken in broken_rows(budget, connection, table, mine):
            if isinstance(rule, ForeignKey):
                yield table.quoted, Remark("orphans", f"{rule}: {broken} rows refer to none.", broken)
            else:
                yield table.quoted, Remark("doubles", f"{rule}: {broken} rows are doubles.", broken)


def _same_content(
    connection: psycopg.Connection, relations: Sequence[Relation], columns: Mapping[int, Columns], budget: Budget
) -> Iterator[tuple[str, Remark]]:
    """Tables that hold the very rows of another one; only tables of the same columns are compared."""
    alike: dict[tuple[tuple[str, str], ...], list[Relation]] = defaultdict(list)
    for each in relations:
        alike[tuple((name, type_) for name, type_, _ in columns.get(each.oid, ()))].append(each)
    for group in alike.values():
        first: dict[tuple[int, int, int], str] = {}
        for each in group if len(group) > 1 else ():
            answer = budget.ask(connection, each.address, fact_query(find_table(connection, each.address)))
            if not answer or not answer[0][0]:
                continue
            other = first.setdefault(answer[0], each.address)
            if other != each.address:
                yield each.address, Remark("same_content", f"holds the very rows of {other}.", answer[0][0])


def _doubles(connection: psycopg.Connection, relation: Relation, budget: Budget) -> int:
    table = find_table(connection, relation.address)
    asked = sql.SQL(_DOUBLES).format(table=table.identifier, row=row_expression(table.columns))
    answer = budget.ask(connection, relation.address, asked)
    return int(answer[0][0]) if answer else 0


def _nulls(connection: psycopg.Connection, relation: Relation, names: Sequence[str], budget: Budget) -> int:
    table = find_table(connection, relation.address)
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    answer = budget.ask(connection, relation.address, sql.SQL(_NULLS).format(table=table.identifier, columns=columns))
    return int(answer[0][0]) if answer else 0
