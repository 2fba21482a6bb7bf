"""Answers to the spec's checks in a form that does not depend on the database that gave them.

Two databases name the columns of an answer and write its numbers in their own ways: so names do not count, and a
number is its value. Text, dates and bytes are compared as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sunset.validation.answers import LONGEST, NUMERIC
from sunset.validation.readings import Answer, Check

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

_BOOLEAN = 16
Value = str | bytes | bool | int | float | Decimal | None


def answer(check: str, rows: Sequence[Sequence[Value]]) -> Answer:
    """The answer that these rows are; more than `LONGEST` are a fault."""
    if len(rows) > LONGEST:
        return Answer(check, fault=f"has more than {LONGEST} rows; sum them up in the query")
    texts = [[_text(value) for value in row] for row in rows]
    single = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
    number = texts[0][0] if isinstance(single, int | float | Decimal) else None
    return Answer(check, len(rows), _digest(texts), number)


def on_target(check: Check, result: PGresult) -> Answer:
    """The target's answer, from the result of its query."""
    rows = [
        [_typed(result.get_value(row, column), result.ftype(column)) for column in range(result.nfields)]
        for row in range(result.ntuples)
    ]
    return answer(check.name, rows)


def _typed(value: bytes | None, type_: int) -> Value:
    if value is None:
        return None
    if type_ in NUMERIC:
        return Decimal(value.decode())
    return value == b"t" if type_ == _BOOLEAN else value.decode()


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def _number(value: Decimal) -> str:
    """Digits without an exponent and without zeros that say nothing."""
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _digest(rows: Sequence[Sequence[str | None]]) -> str:
    """SHA-256 over values that are told apart by their lengths, NULL by its own mark."""
    digest = hashlib.sha256()
    for row in rows:
        for value in row:
            data = b"" if value is None else value.encode("utf-8", "surrogateescape")
            digest.update(b"N" if value is None else b"%d:%b" % (len(data), data))
        digest.update(b"\n")
    return digest.hexdigest()
