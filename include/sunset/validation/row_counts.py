"""A query by which Great Expectations counts the target's rows itself, in its own session."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sunset.database.postgres.tables import Table


def count_query(tables: Sequence[tuple[Table, int]]) -> str:
    """One line for each table: its quoted name, the number of rows it must have, and the number it has.

    The query passes through SQLAlchemy and Great Expectations, which read `%`, `:` and braces in their own way.
    Names are written in PostgreSQL's Unicode notation, which has none of these.
    """
    return " UNION ALL ".join(
        f"SELECT U&'{_escaped(table.quoted)}' AS \"table\", {rows:d}::bigint AS expected, "  # noqa: S608
        f'(SELECT count(*) FROM ONLY U&"{_escaped(table.namespace)}".U&"{_escaped(table.name)}") AS found'
        for table, rows in tables
    )


def _escaped(name: str) -> str:
    plain = re.compile(r"[A-Za-z0-9_]")
    return "".join(letter if plain.match(letter) else f"\\+{ord(letter):06X}" for letter in name)
