"""A driver's values as PostgreSQL writes them: exact, or a reason why the column cannot hold them.

Nothing is rounded, cut or clamped. Reasons do not show the value.
"""

from __future__ import annotations

import datetime
import json
import math
import uuid
from collections.abc import Callable
from decimal import Decimal

from sunset.database.foreign.model import Column, Form
from sunset.database.foreign.types import modifiers
from sunset.database.general.fitting import DoesNotFit, kind
from sunset.database.general.floats import float_text
from sunset.database.general.moments import date_encoder, time_encoder, timestamp_encoder

Encode = Callable[[object], str]

_RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def encoder(column: Column) -> Encode:
    """What makes the text of a value for this column; it raises `DoesNotFit`."""
    return _ENCODERS[column.form](column)


def _integer(column: Column) -> Encode:
    limit = _RANGES[column.type]

    def encode(value: object) -> str:
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if not isinstance(value, int):
            raise DoesNotFit(f"{kind(value)} in a column of whole numbers")
        if not -limit <= value < limit:
            raise DoesNotFit(f"a number beyond the range of {column.type}")
        return str(int(value))

    return encode


def _decimal(column: Column) -> Encode:
    declared = modifiers(column.type)
    precision, scale = (declared[0], declared[1] if len(declared) > 1 else 0) if declared else (None, None)

    def encode(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise DoesNotFit(f"{kind(value)} in a column of numbers")
        if not isinstance(value, int) and not math.isfinite(value):
            if declared and math.isinf(value):
                raise DoesNotFit(f"an infinite number, which {column.type} does not hold")
            return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
        digits = _digits(value)
        if precision is None or scale is None:
            return digits if value else digits.lstrip("-")
        return _scaled(digits, precision, scale, column.type)

    return encode


def _digits(value: float | Decimal) -> str:
    """A number without an exponent; a float as the shortest decimal that reads back as it."""
    text = repr(value) if isinstance(value, float) else str(value)
    return format(Decimal(text), "f") if "e" in text or "E" in text else text


def _scaled(digits: str, precision: int, scale: int, type_: str) -> str:
    whole, _, rest = digits.lstrip("-").partition(".")
    whole, rest = whole.lstrip("0"), rest.rstrip("0")
    if len(rest) > scale:
        raise DoesNotFit(f"more digits behind the point than {type_} holds")
    if len(whole) > precision - scale:
        raise DoesNotFit(f"more digits before the point than {type_} holds")
    minus = "-" if digits.startswith("-") and (whole or rest) else ""
    return minus + (whole or "0") + (f".{rest.ljust(scale, '0')}" if scale else "")


def _float(column: Column) -> Encode:
    if column.type == "real":
        return _refuse_real

    def encode(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise DoesNotFit(f"{kind(value)} in a column of numbers")
        try:
            number = float(value)
        except OverflowError:
            raise DoesNotFit("a number beyond the range of double precision") from None
        if not isinstance(value, float) and Decimal(value).is_finite() and Decimal(number) != Decimal(value):
            raise DoesNotFit("a number with more digits than double precision holds")
        return float_text(number)

    return encode


def _refuse_real(_: object) -> str:
    raise DoesNotFit("a number of 64 bits; give the column double precision")


def _boolean(_: Column) -> Encode:
    def encode(value: object) -> str:
        if isinstance(value, int) and value in (0, 1):
            return "t" if value else "f"
        raise DoesNotFit("neither 0 nor 1" if isinstance(value, int | float) else f"{kind(value)}, neither 0 nor 1")

    return encode


def _text(column: Column) -> Encode:
    longest = (modifiers(column.type) or (None,))[0]

    def encode(value: object) -> str:
        if isinstance(value, bytes):
            raise DoesNotFit("bytes in a column of text")
        text = value if isinstance(value, str) else _plain(value)
        if longest is not None and len(text) > longest:
            raise DoesNotFit(f"more characters than {column.type} holds")
        return _storable(text)

    return encode


def _plain(value: object) -> str:
    """The text of a value in a column whose type says nothing of it."""
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | datetime.datetime | datetime.date | uuid.UUID):
        raise DoesNotFit(f"{kind(value)} in a column of text")
    return str(value)


def _storable(text: str) -> str:
    if "\0" in text:
        raise DoesNotFit("a zero byte, which PostgreSQL's text does not hold")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise DoesNotFit("bytes that are no UTF-8") from None
    return text


def _bytes(_: Column) -> Encode:
    def encode(value: object) -> str:
        if isinstance(value, bytes | bytearray | memoryview):
            return f"\\x{value.hex()}"
        raise DoesNotFit(f"{kind(value)} in a column of bytes")

    return encode


def _bits(column: Column) -> Encode:
    length = (modifiers(column.type) or (1,))[0]

    def encode(value: object) -> str:
        if isinstance(value, int) and 0 <= value < 2**length:
            return format(int(value), f"0{length}b")
        raise DoesNotFit(f"no number of {length} bits")

    return encode


def _uuid(_: Column) -> Encode:
    def encode(value: object) -> str:
        try:
            return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))  # type: ignore[arg-type]
        except (ValueError, AttributeError, TypeError):
            raise DoesNotFit(f"{kind(value)} that is no uuid") from None

    return encode


def _json(_: Column) -> Encode:
    def encode(value: object) -> str:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        text = float_text(text) if isinstance(text, float) else text
        if not isinstance(text, str):
            raise DoesNotFit(f"{kind(value)} in a column of JSON")
        try:
            json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise DoesNotFit("text that is no JSON") from None
        return _storable(text)

    return encode


def _no_constant(name: str) -> None:
    raise ValueError(name)


_ENCODERS: dict[Form, Callable[[Column], Encode]] = {
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "boolean": _boolean,
    "text": _text,
    "bytes": _bytes,
    "bits": _bits,
    "date": date_encoder,
    "time": time_encoder,
    "timestamp": timestamp_encoder,
    "uuid": _uuid,
    "json": _json,
}
