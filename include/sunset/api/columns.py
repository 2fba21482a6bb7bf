"""The columns that take a collection's items, found by looking at every item: a type that holds all of its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from sunset.api.body import encodable, encode

Type = Literal["boolean", "bigint", "numeric", "text", "json"]

_BIGINT = 2**63
# PostgreSQL's numeric: so many digits before and after the decimal point.
_BEFORE, _AFTER = 131_072, 16_383


@dataclass(slots=True)
class Columns:
    """Types of the keys seen so far, in the order in which they were first seen; None while all values are null."""

    types: dict[str, Type | None] = field(default_factory=dict)

    def add(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Widen the types so that they hold these items too."""
        types = self.types
        for item in items:
            for key, value in item.items():
                before = types.get(key)
                types[key] = before if before == "json" else _wider(before, _type_of(value))

    def settled(self) -> tuple[tuple[str, Type], ...]:
        """Names and types; a key that was null throughout is text."""
        return tuple((name, type_ or "text") for name, type_ in self.types.items())


def writer(type_: Type) -> Callable[[Any], str]:
    """Writes a value that is not null as PostgreSQL prints it in a column of this type."""
    return _WRITERS[type_]


def _type_of(value: Any) -> Type | None:
    match value:
        case None:
            return None
        case bool():
            return "boolean"
        case int():
            return "bigint" if -_BIGINT <= value < _BIGINT else _numeric(len(str(abs(value))), 0)
        case Decimal():
            return _decimal(value)
        case str():
            return "text" if "\0" not in value and encodable(value) else "json"
        case _:
            return "json"


def _decimal(value: Decimal) -> Type:
    if value.is_zero() and value.is_signed():
        return "json"  # numeric has no minus zero
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # JSON has neither NaN nor infinity
    return _numeric(value.adjusted() + 1, -exponent)


def _numeric(before: int, after: int) -> Type:
    return "numeric" if before <= _BEFORE and after <= _AFTER else "json"


def _wider(one: Type | None, other: Type | None) -> Type | None:
    if one is None or other is None or one == other:
        return one or other
    return "numeric" if {one, other} == {"bigint", "numeric"} else "json"


_WRITERS: dict[Type, Callable[[Any], str]] = {
    "boolean": lambda value: "t" if value else "f",
    "bigint": str,
    "numeric": lambda value: format(value, "f") if isinstance(value, Decimal) else str(value),
    "text": str,
    "json": encode,
}
