"""SQL that makes a row's line of COPY on the source's own server, and says what the target could not hold.

A cell is the text that PostgreSQL prints for the value in the target's column. Doubles that are written with an
exponent are the exception: MySQL writes those in its own way, so they are written out anew on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sunset.database.foreign.model import Column, Table
from sunset.database.foreign.types import modifiers
from sunset.database.mysql.place import quoted
from sunset.database.mysql.type_map import native_name
from sunset.errors import Refusal

_TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"}
_BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
_SPATIAL = {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"}
_SPATIAL |= {"geometrycollection", "geomcollection"}
_MOMENTS = {"date", "datetime", "timestamp"}
_LIMITS = {"smallint": (-(2**15), 2**15 - 1), "integer": (-(2**31), 2**31 - 1), "bigint": (-(2**63), 2**63 - 1)}
# In hexadecimal, so that no mode of the server changes what a backslash means.
_ESCAPES = (("5C", "5C5C"), ("09", "5C74"), ("0A", "5C6E"), ("0D", "5C72"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What a column of the target cannot hold: SQL that is true for such a row, and the reason in words."""

    column: str
    condition: str
    reason: str


def line(table: Table, *, zero_dates_as_null: bool) -> str:
    """SQL of a row's line, without its newline."""
    cells = (cell(column, zero_dates_as_null=zero_dates_as_null) for column in table.stored)
    return f"concat_ws(_utf8mb4 x'09', {', '.join(cells)})"


def cell(column: Column, *, zero_dates_as_null: bool) -> str:
    """SQL of a value's text in the line; never NULL."""
    name, native = quoted(column.name), native_name(column.native)
    text = _text(name, native, column)
    if native in _MOMENTS and zero_dates_as_null:
        text = f"CASE WHEN {_impossible(name)} THEN NULL ELSE {text} END"
    return f"ifnull({text}, _utf8mb4 x'5C4E')"


def faults(table: Table, *, zero_dates_as_null: bool) -> tuple[Fault, ...]:
    """Everything that the target's columns could not hold."""
    found: list[Fault] = []
    for column in table.stored:
        found += _faults(column, zero_dates_as_null=zero_dates_as_null)
    return tuple(found)


def doubles(table: Table) -> tuple[int, ...]:
    """Places in the line of the doubles."""
    return tuple(place for place, column in enumerate(table.stored) if column.form == "float")


def with_exponent(table: Table) -> tuple[str, ...]:
    """SQL for each double that is true, or NULL, where one of the two writes it with an exponent.

    Between these bounds both write the shortest digits that are the number, without one.
    """
    values = (f"abs({quoted(column.name)} * 1e0)" for column in table.stored if column.form == "float")
    return tuple(f"({value} <> 0 AND ({value} < 1e-4 OR {value} >= 1e15))" for value in values)


def zero_dates(column: Column) -> str | None:
    """SQL that is true for a zero or impossible date in this column; None where it holds no dates."""
    return _impossible(quoted(column.name)) if native_name(column.native) in _MOMENTS else None


def as_json(columns: Sequence[Column]) -> str:
    """SQL of a whole row as JSON: bytes in hexadecimal."""
    pairs = ", ".join(f"{_literal(column.name)}, {plain(column)}" for column in columns)
    return f"json_object({pairs})"


def _text(name: str, native: str, column: Column) -> str:
    match column.form:
        case "boolean":
            return f"CASE {name} WHEN 0 THEN _utf8mb4 x'66' WHEN 1 THEN _utf8mb4 x'74' END"
        case "bytes" if native in _BYTES | _SPATIAL:
            return f"concat(_utf8mb4 x'5C5C78', lower(hex({name})))"
        case "text" | "json":
            return _escaped(f"lower(hex({name}))" if native in _BYTES | _SPATIAL else _as_text(name))
        case "integer" | "decimal" | "float":
            _require(column, native not in _TEXTS | _BYTES | _SPATIAL | _MOMENTS | {"time"})
            if column.form == "float":
                return f"({name} * 1e0)"  # a float alone prints six digits
            # Added to zero where the bare column would print with the zeros of ZEROFILL or YEAR, or as bytes.
            return f"({name} + 0)" if native in ("bit", "year") or "zerofill" in column.native else name
        case "date" | "timestamp" | "time":
            _require(column, native in _MOMENTS | {"time"})
            return _moment(name, column)
        case "uuid":
            return f"lower({_as_text(name)})"
        case _:
            raise _impossible_override(column)


def _moment(name: str, column: Column) -> str:
    text = _as_text(name)
    if "(" not in column.native:
        return text
    return f"trim(TRAILING '.' FROM trim(TRAILING '0' FROM {text}))"


def _faults(column: Column, *, zero_dates_as_null: bool) -> list[Fault]:
    name, native = quoted(column.name), native_name(column.native)
    found = []
    if native in _MOMENTS and (not zero_dates_as_null or not column.nullable):
        found.append(Fault(column.name, _impossible(name), "a zero or impossible date"))
    if native in _TEXTS and column.form in ("text", "json"):
        found.append(Fault(column.name, f"locate(char(0), {name}) > 0", "text with the character U+0000"))
    if column.form == "boolean":
        found.append(Fault(column.name, f"{name} NOT IN (0, 1)", "a number other than 0 and 1"))
    if column.type in _LIMITS and native == "bigint unsigned":
        found.append(Fault(column.name, f"{name} > {_LIMITS[column.type][1]}", f"a number beyond {column.type}"))
    elif column.type in ("smallint", "integer") and native in ("int", "int unsigned", "bigint", "mediumint"):
        least, most = _LIMITS[column.type]
        found.append(Fault(column.name, f"{name} NOT BETWEEN {least} AND {most}", f"a number beyond {column.type}"))
    longest = modifiers(column.type)
    if column.form == "text" and longest and native in _TEXTS and f"({longest[0]})" not in column.native:
        reason = f"more characters than {column.type} holds"
        found.append(Fault(column.name, f"char_length({name}) > {longest[0]}", reason))
    return found


def _impossible(name: str) -> str:
    later = f"OR day({name}) > day(last_day({name}))"  # the 31st of February, by ALLOW_INVALID_DATES
    return f"({name} IS NOT NULL AND (last_day({name}) IS NULL OR year({name}) = 0 OR day({name}) = 0 {later}))"


def _as_text(expression: str) -> str:
    return f"convert({expression} USING utf8mb4)"


def _escaped(text: str) -> str:
    text = f"{text} COLLATE utf8mb4_bin"  # by bytes: half the time of a collation for people
    for char, written in _ESCAPES:
        text = f"replace({text}, _utf8mb4 x'{char}', _utf8mb4 x'{written}')"
    return text


def plain(column: Column) -> str:
    """SQL of a value for people: its text, or its bytes in hexadecimal."""
    name, native = quoted(column.name), native_name(column.native)
    return f"lower(hex({name}))" if native in _BYTES | _SPATIAL else _as_text(name)


def _literal(text: str) -> str:
    return f"_utf8mb4 x'{text.encode().hex()}'"


def _require(column: Column, held: bool) -> None:
    if not held:
        raise _impossible_override(column)


def _impossible_override(column: Column) -> Refusal:
    return Refusal(
        f"the column {column.name!r} of type {column.native} cannot become {column.type}.",
        where="types",
        remedy="Take it out of the source's `types`, or set text.",
    )
