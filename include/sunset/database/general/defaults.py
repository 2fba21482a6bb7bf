"""Defaults of columns: literals, as the column's own values are written, and the clock. Nothing else is translated."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sunset.database.foreign.model import Column
from sunset.database.general.fitting import DoesNotFit
from sunset.database.general.values import encoder

_CLOCK = {
    "date": "(now() AT TIME ZONE 'UTC')::date",
    "time": "date_trunc('second', now() AT TIME ZONE 'UTC')::time",
    "timestamp": "date_trunc('second', now() AT TIME ZONE 'UTC')",
}
_CLOCK_OF = {"CURRENT_DATE": ("date",), "CURRENT_TIME": ("time",), "CURRENT_TIMESTAMP": ("timestamp",)}


def default_of(column: Column, written: str | None, dialect: str) -> Column:
    """The column with its default in PostgreSQL's words, or without one where it is not translated."""
    if is_none(written):
        return column
    if dialect == "sqlite" and column.form in _CLOCK_OF.get(str(written).strip("() ").upper(), ()):
        return replace(column, default=_CLOCK[column.form])
    try:
        value = _literal(str(written), dialect)
        number = isinstance(value, str) and column.form in ("integer", "decimal", "float")
        text = encoder(column)(Decimal(value) if number else value)  # type: ignore[arg-type]
    except (DoesNotFit, ValueError, ArithmeticError):
        return column
    return replace(column, default=f"{_quoted(text)}::{column.type}")


def is_none(written: str | None) -> bool:
    """Whether a column has no default."""
    return written is None or written.strip("() ").upper() == "NULL"


def _literal(written: str, dialect: str) -> object:
    """The value of a literal.

    Raises:
        ValueError: it is none.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        node = sqlglot.parse_one(written, read={"mssql": "tsql"}.get(dialect, dialect))
    except (SqlglotError, ValueError):
        raise ValueError(written) from None
    node = node.unnest()
    sign = 1
    if isinstance(node, exp.Neg):
        node, sign = node.this, -1
    if isinstance(node, exp.Boolean):
        return int(node.this)
    if not isinstance(node, exp.Literal):
        raise ValueError(written)
    if node.is_string:
        return node.this
    return sign * (int(node.this) if node.this.isdigit() else Decimal(node.this))


def _quoted(text: str) -> str:
    from psycopg import sql

    return sql.Literal(text).as_string()
