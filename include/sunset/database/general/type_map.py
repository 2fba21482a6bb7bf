"""The map of types of the general path: from the types that SQLAlchemy reflects to PostgreSQL's.

A column's type can be set in the spec, under the source's `types`. SQLite holds any value in any column: what the
mapped type cannot hold is found before the copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of the map.

    Attributes:
        names: classes of SQLAlchemy; the one nearest to the reflected type's own decides.
        type: PostgreSQL's type: its name, or what makes it of the reflected type.
        sqlite: what SQLite's values need instead; empty for the same.
        shown: how the documentation writes a type that is made.
    """

    names: tuple[str, ...]
    type: str | Callable[[Any], str]
    sqlite: str = ""
    shown: str = ""


def _numeric(type_: Any) -> str:
    precision, scale = getattr(type_, "precision", None), getattr(type_, "scale", None)
    return f"numeric({precision},{scale or 0})" if precision and precision <= LARGEST_PRECISION else "numeric"


def _string(type_: Any) -> str:
    length = getattr(type_, "length", None)
    return f"character varying({length})" if length and length <= LONGEST_STRING else "text"


LARGEST_PRECISION = 1_000
LONGEST_STRING = 10_485_760

MAP: tuple[Mapping, ...] = (
    Mapping(("Boolean", "BIT"), "boolean"),
    Mapping(("TINYINT", "SmallInteger"), "smallint", sqlite="bigint"),
    Mapping(("BigInteger",), "bigint"),
    Mapping(("Integer",), "integer", sqlite="bigint"),
    Mapping(("MONEY", "SMALLMONEY"), "numeric(19,4)"),
    Mapping(("Float", "REAL", "DOUBLE", "BINARY_DOUBLE", "BINARY_FLOAT"), "double precision"),
    Mapping(("Numeric",), _numeric, shown="numeric(p,s) as declared, else numeric"),
    Mapping(("UNIQUEIDENTIFIER", "Uuid"), "uuid"),
    Mapping(("JSON",), "json"),
    Mapping(("Text", "CLOB", "NTEXT", "XML", "DATETIMEOFFSET"), "text"),
    Mapping(("String",), _string, shown="character varying(n) as declared, else text"),
    Mapping(("_Binary", "IMAGE", "RAW"), "bytea"),
    Mapping(("DateTime", "TIMESTAMP"), "timestamp without time zone"),
    Mapping(("Date",), "date"),
    Mapping(("Time",), "time without time zone"),
)
OTHER = "text"
"""What a type takes that none of these is: SQLite's columns without a type among them."""


def target_type(type_: TypeEngine[Any], dialect: str) -> str:
    """The PostgreSQL type for a reflected type.

    Args:
        type_: as SQLAlchemy's Inspector gives it.
        dialect: name of the dialect. SQLite's integers have 64 bits whatever the column says; Oracle's DATE has a
            time of day; only SQL Server's BIT is a boolean.
    """
    classes = [each.__name__ for each in type(type_).__mro__]
    if dialect == "sqlite" and classes[0] == "BLOB":
        return "bytea"
    if dialect == "mssql" and classes[0] in ("TIMESTAMP", "ROWVERSION"):
        return "bytea"  # a counter of changes, no time
    if dialect == "oracle" and classes[0] == "DATE":
        return "timestamp without time zone"
    if getattr(type_, "timezone", False) and dialect != "sqlite":
        return "text"  # with the zone that was written, which PostgreSQL's own type would not keep
    for name in classes:
        for mapping in MAP:
            if name in mapping.names:
                made = mapping.type if isinstance(mapping.type, str) else mapping.type(type_)
                return mapping.sqlite if dialect == "sqlite" and mapping.sqlite else made
    return OTHER
