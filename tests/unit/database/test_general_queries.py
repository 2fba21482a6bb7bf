"""The queries of the general path, for dialects that no test can ask."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from sunset.database.foreign.model import Column, ForeignKey, Table
from sunset.database.general.queries import orphans_of, rows_of

pytestmark = pytest.mark.unit

COLUMNS = (
    Column("Id", "INTEGER", "bigint", "integer"),
    Column("at", "DATETIME2", "timestamp without time zone", "timestamp"),
    Column("seen", "TIMESTAMP", "timestamp without time zone", "timestamp"),
    Column("twice", "INTEGER", "bigint", "integer", generated="id * 2"),
)
KEY = ForeignKey("fk", ("Id",), ("crm", "parents"), ("id",))
TABLE = Table("crm", "Orders%", 'crm."Orders%"', COLUMNS, foreign_keys=(KEY,))


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("sqlite", 'SELECT "Id", at, seen FROM crm."Orders%"'),
        ("mssql", "SELECT [Id], CAST(at AS VARCHAR(40)) AS at, seen FROM crm.[Orders%]"),
        ("oracle", 'SELECT "Id", at, to_char(seen, \'YYYY-MM-DD HH24:MI:SS.FF9\') AS to_char_1 FROM crm."Orders%"'),
    ],
)
def test_times_finer_than_a_microsecond_are_read_as_text(name: str, query: str) -> None:
    assert compiled(rows_of(TABLE, "crm", name), name).replace("%%", "%") == query


def compiled(statement: Any, name: str) -> str:
    dialect = import_module(f"sqlalchemy.dialects.{name}").dialect()
    return " ".join(str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).split())


def test_orphans_are_rows_whose_whole_key_has_no_parent() -> None:
    assert compiled(orphans_of(TABLE, KEY, "crm"), "sqlite") == (
        'SELECT count(*) AS count_1 FROM crm."Orders%" AS child WHERE child."Id" IS NOT NULL AND NOT (EXISTS '
        '(SELECT * FROM crm.parents AS parent WHERE parent.id = child."Id"))'
    )
