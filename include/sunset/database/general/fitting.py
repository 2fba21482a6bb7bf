"""What does not fit, said in words that do not show the value."""

from __future__ import annotations

from decimal import Decimal


class DoesNotFit(Exception):
    """A value that the column's type cannot hold; the message is the reason."""


def kind(value: object) -> str:
    """What a value is, in a word."""
    kinds = {bool: "a truth value", int: "a whole number", float: "a fraction", Decimal: "a decimal", bytes: "bytes"}
    return kinds.get(type(value), "text" if isinstance(value, str) else type(value).__name__)
