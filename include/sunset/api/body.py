"""The body of a page: exact JSON, the list of items in it, and values by dotted path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sunset.errors import Refusal

MISSING = object()
"""What a path leads to where the body does not have it: something else than null."""


def decode(body: bytes, where: str) -> Any:
    """Decode JSON with every number exact: integers of any size, fractions as Decimal.

    Raises:
        Refusal: the body is no JSON in UTF-8 (RFC 8259, section 8.1), names a key twice in one object, or goes beyond
            what can be held exactly.
    """
    try:
        text = body.decode().removeprefix("\ufeff")
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_unique)
    except _Doubled as error:
        raise Refusal(
            f"has an object with the key {error.args[0]!r} twice, of which only one value could be kept.",
            where=where,
            remedy="Have the API mended: what such an object means is for nobody to say.",
        ) from None
    except (ArithmeticError, RecursionError):
        raise Refusal(
            "has a number beyond all bounds, or is nested a thousand levels deep.",
            where=where,
            remedy="Leave this collection to the files, or have the API mended.",
        ) from None
    except ValueError as error:
        raise Refusal(
            f"answered with something else than JSON in its {len(body)} bytes ({type(error).__name__}).",
            where=where,
            remedy="Check the connection's address, the endpoint and the login: this is often a page for people.",
        ) from None


def encode(value: Any) -> str:
    """JSON text of a decoded value, every number as it was."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{encode(key)}: {encode(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(encode, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    return text if encodable(text) else json.dumps(value)


def encodable(text: str) -> bool:
    """Whether a text is Unicode: JSON may escape halves of surrogate pairs, which are not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def find(value: Any, path: str) -> Any:
    """What a dotted path leads to, or MISSING. A key that itself has a dot is found whole first."""
    if isinstance(value, Mapping) and path in value:
        return value[path]
    key, dot, rest = path.partition(".")
    if not dot or not isinstance(value, Mapping) or key not in value:
        return MISSING
    return find(value[key], rest)


def items_of(body: Any, path: str, where: str) -> list[Any]:
    """The items of a page; `.` is the body itself.

    Raises:
        Refusal: there is no list: a body without it is an error in disguise, never an empty page.
    """
    found = body if path == "." else find(body, path)
    if isinstance(found, list):
        return found
    keys = ", ".join(sorted(body)[:10]) if isinstance(body, Mapping) else type(body).__name__
    raise Refusal(
        f"has no list of items at {path!r}; the body has: {keys}.",
        where=where,
        remedy="Correct `items` in the spec; if it is right, the API reported an error with status 200.",
    )


class _Doubled(Exception):
    """A key that comes twice in one object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Doubled(next(key for key in keys if keys.count(key) > 1))
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")
