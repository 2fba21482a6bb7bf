"""Checks of a MySQL database: those that mean the same everywhere are carried, the others named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sunset.database.foreign.model import NotCarried, Table
from sunset.database.general import translate
from sunset.database.mysql.place import Session

# MariaDB names checks by table, MySQL by database and leaves the table's name out.
_NAMED_BY_TABLE = """
    SELECT count(*) FROM information_schema.columns
    WHERE lower(table_schema) = 'information_schema' AND lower(table_name) = 'check_constraints'
      AND lower(column_name) = 'table_name'
"""
_SAME_TABLE = " AND c.table_name = t.table_name"
_CHECKS = """
    SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c
    JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema
         AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK'{same_table}
    WHERE c.constraint_schema = %s ORDER BY t.table_name, c.constraint_name
"""


def checks(session: Session) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Name and condition of each check, by table."""
    by_table = session.one(_NAMED_BY_TABLE) == (1,)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    query = _CHECKS.format(same_table=_SAME_TABLE if by_table else "")
    for table, name, clause in session.all(query, [session.place.database]):
        found[table].append((name, clause))
    return found


def checked(table: Table, conditions: Sequence[tuple[str, str]], left: list[NotCarried]) -> Table:
    """The table with its checks; one that only says that a text is JSON makes it JSON."""
    kept = []
    for name, clause in conditions:
        if column := _json_column(table, clause):
            table = replace(
                table,
                columns=tuple(
                    replace(each, type="json", form="json") if each.name == column else each for each in table.columns
                ),
            )
        elif told := next((translate.check(table, found) for found in _conditions(clause)), None):
            kept.append(replace(told, name=name))
        else:
            left.append(NotCarried("check", table.namespace, f"{table.name}.{name}", "it is not translated."))
    return replace(table, checks=tuple(kept))


def _json_column(table: Table, clause: str) -> str | None:
    words = clause.strip("() ").replace(" ", "").lower()
    return next(
        (
            column.name
            for column in table.columns
            if words in (f"json_valid(`{column.name.lower()}`", f"json_valid({column.name.lower()}")
        ),
        None,
    )


def _conditions(clause: str) -> list[Any]:
    return translate.checks(f"CREATE TABLE t (x INT, CHECK ({clause}))", "mysql")
