"""Floats as PostgreSQL writes them: the shortest decimal that reads back as the same number."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

_FIXED_FROM, _FIXED_BELOW = -4, 15
"""Exponents between which PostgreSQL writes a float without one."""
_BETWEEN_FROM, _BETWEEN_BELOW = 2.0**52, 1e40
"""Outside of these a decimal of 17 digits cannot lie just between two numbers."""


def float_text(value: float) -> str:
    """The shortest decimal that reads back as this number, as PostgreSQL writes it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if 0.001 < abs(value) < 1e15:  # where both write it alike, but for a point that says nothing
        return repr(value).removesuffix(".0")
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
