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
_TYPE = re.compile(r"(?P<base>[a-z][a-z0-9 ]*?) *(?:\( *(?P<first>\d+) *(?:, *(?P<second>\d+) *)?\))?(?P<rest> .*)?")


def spelled(type_: str) -> str:
    """A type as PostgreSQL spells it: `varchar(20)` is `character varying(20)`.

    Raises:
        Refusal: it is none of `FORMS`.
    """
    match = _TYPE.fullmatch(type_.strip().lower())
    base = f"{match['base']}{match['rest'] or ''}" if match else ""
    base = ALIASES.get(base, base)
    if match is None or base not in FORMS:
        raise Refusal(
            f"{type_!r} is no type that gives every value back as it was sent.",
            where="type",
            remedy=f"Use one of {', '.join(sorted(FORMS))}, with length or precision.",
        )
    numbers = ",".join(part for part in (match["first"], match["second"]) if part)
    words = base.split(" ")
    # A precision stands behind the first word of a time, behind all words of everything else.
    split = 1 if base.startswith("time") else len(words)
    return " ".join([" ".join(words[:split]) + (f"({numbers})" if numbers else ""), *words[split:]])


def form_of(type_: str) -> Form:
    """The canonical form of a type.

    Raises:
        Refusal: it is none of `FORMS`.
    """
    return FORMS[re.sub(r"\(.*?\)", "", spelled(type_))]


def modifiers(type_: str) -> tuple[int, ...]:
    """Length, or precision and scale, of a type; empty where it has none."""
    return tuple(int(number) for number in re.findall(r"\d+", type_.partition("(")[2]))
