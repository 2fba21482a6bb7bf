"""A driver's values as PostgreSQL writes them: exact, or a reason why the column cannot hold them.

Nothing is rounded, cut or clamped. Reasons do not show the value.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from sunset.database.foreign.model import Column, Form
from sunset.database.foreign.types import modifiers

Encode = Callable[[object], str]

_RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_DAY = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
_DATE = re.compile(_DAY, re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_TIMESTAMP = re.compile(f"{_DAY}(?:[ T]{_CLOCK})?", re.ASCII)
_MICROSECONDS = 6
_FIXED_FROM, _FIXED_BELOW = -4, 15
"""Exponents between which PostgreSQL writes a float without one."""


_BETWEEN_FROM, _BETWEEN_BELOW = 2.0**52, 1e40
"""Outside of these a decimal of 17 digits cannot lie just between two numbers."""


class DoesNotFit(Exception):
    """A value that the column's type cannot hold; the message is the reason."""


def encoder(column: Column) -> Encode:
    """What makes the text of a value for this column; it raises `DoesNotFit`."""
    encode = _ENCODERS[column.form](column)

    def checked(value: object) -> str:
        return encode(bytes(value) if isinstance(value, bytearray | memoryview) else value)

    return checked


def float_text(value: float) -> str:
    """The shortest decimal that reads back as this number, as PostgreSQL writes it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    sign, digits, exponent = Decimal(_shortest(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text, minus = "".join(map(str, digits)), "-" if sign else ""
    if text == "0":
        return f"{minus}0"
    point = len(text) + exponent  # digits before the decimal point
    if _FIXED_FROM <= point - 1 < _FIXED_BELOW:
        if point <= 0:
            return f"{minus}0.{'0' * -point}{text}"
        whole, rest = text[:point].ljust(point, "0"), text[point:]
        return minus + whole + (f".{rest}" if rest else "")
    power = point - 1
    return f"{minus}{text[0]}{'.' if text[1:] else ''}{text[1:]}e{'-' if power < 0 else '+'}{abs(power):02}"


def _shortest(value: float) -> str:
    """Python's shortest decimal; where that lies just between two numbers a longer one, as PostgreSQL takes it."""
    text = repr(value)
    if not _BETWEEN_FROM <= abs(value) < _BETWEEN_BELOW:
        return text
    edges = {(Fraction(value) + Fraction(math.nextafter(value, way))) / 2 for way in (math.inf, -math.inf)}
    longer = (format(value, f".{digits}e") for digits in range(17))
    fitting = (each for each in longer if float(each) == value and Fraction(each) not in edges)
    return text if Fraction(text) not in edges else next(fitting)


def _integer(column: Column) -> Encode:
    limit = _RANGES[column.type]

    def encode(value: object) -> str:
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if not isinstance(value, int):
            raise DoesNotFit(f"{_kind(value)} in a column of whole numbers")
        if not -limit <= value < limit:
            raise DoesNotFit(f"a number beyond the range of {column.type}")
        return str(int(value))

    return encode


def _decimal(column: Column) -> Encode:
    declared = modifiers(column.type)
    precision, scale = (declared[0], declared[1] if len(declared) > 1 else 0) if declared else (None, None)

    def encode(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise DoesNotFit(f"{_kind(value)} in a column of numbers")
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_infinite() and declared:
            raise DoesNotFit(f"an infinite number, which {column.type} does not hold")
        if not number.is_finite():
            return "NaN" if number.is_nan() else ("Infinity" if number > 0 else "-Infinity")
        if precision is None or scale is None:
            return format(number.copy_abs() if number.is_zero() else number, "f")
        return _scaled(number, precision, scale, column.type)

    return encode


def _scaled(number: Decimal, precision: int, scale: int, type_: str) -> str:
    whole, _, rest = format(number.copy_abs(), "f").partition(".")
    whole, rest = whole.lstrip("0"), rest.rstrip("0")
    if len(rest) > scale:
        raise DoesNotFit(f"more digits behind the point than {type_} holds")
    if len(whole) > precision - scale:
        raise DoesNotFit(f"more digits before the point than {type_} holds")
    minus = "-" if number.is_signed() and (whole or rest) else ""
    return minus + (whole or "0") + (f".{rest.ljust(scale, '0')}" if scale else "")


def _float(column: Column) -> Encode:
    if column.type == "real":
        return _refuse_real

    def encode(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise DoesNotFit(f"{_kind(value)} in a column of numbers")
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
        raise DoesNotFit("neither 0 nor 1" if isinstance(value, int | float) else f"{_kind(value)}, neither 0 nor 1")

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
        raise DoesNotFit(f"{_kind(value)} in a column of text")
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
        if isinstance(value, bytes):
            return f"\\x{value.hex()}"
        raise DoesNotFit(f"{_kind(value)} in a column of bytes")

    return encode


def _bits(column: Column) -> Encode:
    length = (modifiers(column.type) or (1,))[0]

    def encode(value: object) -> str:
        if isinstance(value, int) and 0 <= value < 2**length:
            return format(int(value), f"0{length}b")
        raise DoesNotFit(f"no number of {length} bits")

    return encode


def _date(_: Column) -> Encode:
    def encode(value: object) -> str:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = value.isoformat()
        return _day(_matched(_DATE, value, "date"))

    return encode


def _time(_: Column) -> Encode:
    def encode(value: object) -> str:
        if isinstance(value, datetime.time) and value.tzinfo is None:
            value = value.isoformat()
        return _clock(_matched(_TIME, value, "time"))

    return encode


def _timestamp(_: Column) -> Encode:
    def encode(value: object) -> str:
        if isinstance(value, datetime.datetime) and value.tzinfo is None:
            value = value.isoformat(" ")
        match = _matched(_TIMESTAMP, value, "date and time")
        return f"{_day(match)} {_clock(match) if match['hour'] else '00:00:00'}"

    return encode


def _matched(pattern: re.Pattern[str], value: object, what: str) -> re.Match[str]:
    if not isinstance(value, str):
        raise DoesNotFit(f"{_kind(value)} that is no {what}")
    match = pattern.fullmatch(value)
    if match is None:
        raise DoesNotFit(f"text that is no {what}")
    return match


def _day(match: re.Match[str]) -> str:
    try:  # the calendar alone: no value passes through Python's dates
        datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise DoesNotFit("a day that is not in the calendar") from None
    return f"{match['year']}-{match['month']}-{match['day']}"


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"] or "00"
    fraction = (match["fraction"] or "").rstrip("0")
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise DoesNotFit("a time that is not on the clock")
    if len(fraction) > _MICROSECONDS:
        raise DoesNotFit("parts of a second below a microsecond")
    return f"{hour}:{minute}:{second}" + (f".{fraction}" if fraction else "")


def _uuid(_: Column) -> Encode:
    def encode(value: object) -> str:
        try:
            return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))  # type: ignore[arg-type]
        except (ValueError, AttributeError, TypeError):
            raise DoesNotFit(f"{_kind(value)} that is no uuid") from None

    return encode


def _json(_: Column) -> Encode:
    def encode(value: object) -> str:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        text = float_text(text) if isinstance(text, float) else text
        if not isinstance(text, str):
            raise DoesNotFit(f"{_kind(value)} in a column of JSON")
        try:
            json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise DoesNotFit("text that is no JSON") from None
        return _storable(text)

    return encode


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _kind(value: object) -> str:
    kinds = {bool: "a truth value", int: "a whole number", float: "a fraction", Decimal: "a decimal", bytes: "bytes"}
    return kinds.get(type(value), "text" if isinstance(value, str) else type(value).__name__)


_ENCODERS: dict[Form, Callable[[Column], Encode]] = {
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "boolean": _boolean,
    "text": _text,
    "bytes": _bytes,
    "bits": _bits,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "uuid": _uuid,
    "json": _json,
}
