"""The map of types from MySQL and MariaDB to PostgreSQL: no value is narrowed, rounded or cut.

A column's type can be set in the spec, under the source's `types`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of the map: the types that it is for, PostgreSQL's type, and what there is to say about it."""

    natives: tuple[str, ...]
    type: str
    note: str = ""


MAP: tuple[Mapping, ...] = (
    Mapping(("tinyint", "tinyint unsigned"), "smallint", "tinyint(1) too: it holds other numbers than 0 and 1"),
    Mapping(("smallint",), "smallint"),
    Mapping(("smallint unsigned", "mediumint", "mediumint unsigned", "int"), "integer"),
    Mapping(("int unsigned", "bigint"), "bigint"),
    Mapping(
        ("bigint unsigned",),
        "numeric(20,0)",
        "bigint where the column counts by itself or refers to one that does, so that keys fit each other",
    ),
    Mapping(("decimal",), "numeric(p,s)", "precision and scale as declared"),
    Mapping(("float", "double"), "double precision", "a float is the double of the same value"),
    Mapping(("bit",), "smallint, integer, bigint or numeric(20,0)", "its number, in the smallest that holds n bits"),
    Mapping(("year",), "smallint"),
    Mapping(("date",), "date"),
    Mapping(("datetime", "timestamp"), "timestamp without time zone", "a timestamp is read in UTC"),
    Mapping(("time",), "interval", "it holds up to 838 hours, and negative ones"),
    Mapping(("char", "varchar"), "character varying(n)", "without the spaces at the end that MySQL takes off a char"),
    Mapping(("tinytext", "text", "mediumtext", "longtext"), "text", "json where a check says json_valid"),
    Mapping(("enum", "set"), "text"),
    Mapping(("json",), "json"),
    Mapping(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), "bytea"),
    Mapping(
        ("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"),
        "bytea",
        "the server's own bytes: four for the reference system, then well-known binary",
    ),
    Mapping(("geometrycollection", "geomcollection"), "bytea", "likewise"),
    Mapping(("uuid",), "uuid"),
    Mapping(("inet4", "inet6"), "text"),
)
_TYPES = {native: mapping.type for mapping in MAP for native in mapping.natives}
_NUMBERS = re.compile(r"\((\d+)(?:,(\d+))?\)")


def native_name(column_type: str) -> str:
    """The type without length and display options: `int(10) unsigned zerofill` is `int unsigned`."""
    name = column_type.lower().partition("(")[0].split()[0]
    return f"{name} unsigned" if " unsigned" in column_type.lower() and f"{name} unsigned" in _TYPES else name


def target_type(column_type: str) -> str | None:
    """The PostgreSQL type for a column's type as the server spells it; None where the map has none."""
    native = native_name(column_type)
    match native:
        case "decimal":
            numbers = _NUMBERS.search(column_type)
            return f"numeric({numbers[1]},{numbers[2] or 0})" if numbers else "numeric"
        case "char" | "varchar":
            numbers = _NUMBERS.search(column_type)
            return f"character varying({numbers[1]})" if numbers and int(numbers[1]) else "text"
        case "bit":
            numbers = _NUMBERS.search(column_type)
            return _holding_bits(int(numbers[1]) if numbers else 1)
        case _:
            return _TYPES.get(native)


def _holding_bits(bits: int) -> str:
    sizes = ((15, "smallint"), (31, "integer"), (63, "bigint"))
    return next((type_ for most, type_ in sizes if bits <= most), "numeric(20,0)")
