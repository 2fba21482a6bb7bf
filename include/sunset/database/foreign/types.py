"""The PostgreSQL types that take a foreign source's values, and the canonical form of each.

Only types that give every value back as the one text that was sent are among them: `character(n)` pads, `jsonb`
rewrites.
"""

from __future__ import annotations

import re

from sunset.database.foreign.model import Form
from sunset.errors import Refusal

FORMS: dict[str, Form] = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "decimal",
    "real": "float",
    "double precision": "float",
    "boolean": "boolean",
    "text": "text",
    "character varying": "text",
    "bytea": "bytes",
    "bit": "bits",
    "bit varying": "bits",
    "date": "date",
    "time without time zone": "time",
    "timestamp without time zone": "timestamp",
    "interval": "time",
    "uuid": "uuid",
    "json": "json",
}
"""Canonical form by type, without length or precision."""

ALIASES = {
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "varbit": "bit varying",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
}
_NUMBERS = re.compile(r"\( *\d+ *(, *\d+ *)?\)")


def spelled(type_: str) -> str:
    """A type as PostgreSQL spells it: `varchar(20)` is `character varying(20)`.

    Raises:
        Refusal: it is none of `FORMS`.
    """
    base = " ".join(_NUMBERS.sub("", type_.lower(), count=1).split())
    base = ALIASES.get(base, base)
    if base not in FORMS:
        raise Refusal(
            f"{type_!r} is no type that gives every value back as it was sent.",
            where="type",
            remedy=f"Use one of {', '.join(sorted(FORMS))}, with length or precision.",
        )
    numbers = ",".join(map(str, modifiers(type_)))
    # A precision stands behind the first word of a time, behind all words of everything else.
    first, rest = base.split(" ", 1) if base.startswith("time") else (base, "")
    return first + (f"({numbers})" if numbers else "") + (f" {rest}" if rest else "")


def form_of(type_: str) -> Form:
    """The canonical form of a type.

    Raises:
        Refusal: it is none of `FORMS`.
    """
    return FORMS[_NUMBERS.sub("", spelled(type_))]


def modifiers(type_: str) -> tuple[int, ...]:
    """Length, or precision and scale, of a type; empty where it has none."""
    return tuple(int(number) for number in re.findall(r"\d+", type_.partition("(")[2]))
