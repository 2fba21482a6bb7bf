"""The queries of the general path, as SQLAlchemy writes them for each dialect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.model import Column, ForeignKey, Table

if TYPE_CHECKING:
    from sqlalchemy import ColumnClause, ColumnElement, Select

_ISO = "YYYY-MM-DD HH24:MI:SS.FF9"
_FINE = {"mssql": ("DATETIME2", "TIME", "DATETIMEOFFSET"), "oracle": ("TIMESTAMP",)}
"""Types that are finer than a microsecond, and would be cut to one by the drivers: the server writes them as text."""


def rows_of(table: Table, owner: str | None, dialect: str) -> Select[Any]:
    """All stored columns, without types: SQLAlchemy would make dates and decimals of them by its own rules."""
    from sqlalchemy import column, select
    from sqlalchemy import table as relation

    names: list[ColumnClause[Any]] = [column(each.name) for each in table.stored]
    values = [_value(each, dialect) for each in table.stored]
    return select(*values).select_from(relation(table.name, *names, schema=owner))


def orphans_of(table: Table, key: ForeignKey, owner: str | None) -> Select[int]:
    """The number of rows that break a foreign key."""
    from sqlalchemy import and_, column, exists, func, select
    from sqlalchemy import table as relation

    child = relation(table.name, *map(column, key.columns), schema=owner).alias("child")
    parent_owner = None if owner is None else key.parent[0]
    parent = relation(key.parent[1], *map(column, key.parent_columns), schema=parent_owner).alias("parent")
    pairs = zip(key.columns, key.parent_columns, strict=True)
    same = and_(*(parent.c[theirs] == child.c[own] for own, theirs in pairs))
    complete = and_(*(child.c[name].is_not(None) for name in key.columns))
    return select(func.count()).select_from(child).where(complete, ~exists().where(same))


def _value(column: Column, dialect: str) -> ColumnElement[Any]:
    from sqlalchemy import String, cast, func
    from sqlalchemy import column as named

    value: ColumnElement[Any] = named(column.name)
    if re.split(r"[ (]", column.native)[0] not in _FINE.get(dialect, ()):
        return value
    zone = " TZH:TZM" if "TIME ZONE" in column.native else ""
    return func.to_char(value, _ISO + zone) if dialect == "oracle" else cast(value, String(40))
