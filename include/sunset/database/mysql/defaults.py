"""Defaults of columns in PostgreSQL's words: plain values and the current time; None for everything else."""

from __future__ import annotations

import re

from sunset.database.foreign.model import Column

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TEXT = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_BITS = re.compile(r"b'([01]+)'")
_NOW = re.compile(r"(?:current_timestamp|now|localtimestamp)(?:\((\d?)\))?", re.IGNORECASE)
_ZERO = re.compile(r"0000-|\d{4}-00-|\d{4}-\d\d-00")
_NUMBERS = ("integer", "decimal", "float")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def translate(default: str | None, column: Column) -> str | None:
    """SQL of a default on the target.

    Args:
        default: as information_schema has it: MariaDB quotes text, MySQL does not.
        column: the column.
    """
    if default is None or default == "NULL":
        return None
    if column.form == "timestamp" and (now := _NOW.fullmatch(default)):
        precision = f"({now[1]})" if now[1] else "(0)"
        zone = " AT TIME ZONE 'UTC'" if column.native.startswith("timestamp") else ""
        return f"(CURRENT_TIMESTAMP{precision}{zone})" if zone else f"LOCALTIMESTAMP{precision}"
    if column.form in _NUMBERS:
        bits = _BITS.fullmatch(default)
        number = str(int(bits[1], 2)) if bits else default.strip("'")
        return number if _NUMBER.fullmatch(number) else None
    if column.form not in ("text", "date", "timestamp", "time") or "(" in default.partition("'")[0]:
        return None
    quoted = _TEXT.fullmatch(default)
    text = _plain(quoted[1]) if quoted else default
    if "\0" in text or (column.form in ("date", "timestamp") and _ZERO.match(text)):
        return None
    return _literal(text)


def _plain(text: str) -> str:
    text = text.replace("''", "'")
    return re.sub(r"\\(.)", lambda match: _UNESCAPED.get(match[1], match[1]), text, flags=re.DOTALL)


def _literal(text: str) -> str:
    from psycopg import sql

    return sql.Literal(text).as_string()
