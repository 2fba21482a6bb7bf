"""Names on the target: quoted as SQL wants them, unique where PostgreSQL wants them unique."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import IdentifierPreparer

LONGEST = 63
"""Bytes of a name that PostgreSQL keeps; it cuts longer ones without an error."""


def address(namespace: str, name: str) -> str:
    """The qualified name of a table or view, quoted where it needs to be."""
    quote = _preparer().quote
    return f"{quote(namespace)}.{quote(name)}"


def fitted(*parts: str) -> str:
    """One name from parts; where PostgreSQL would cut it, a digest of the whole stands at its end."""
    name = "_".join(parts)
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: LONGEST - 9].decode(errors="ignore") + "_" + digest


def free(name: str, alternative: str, taken: set[str]) -> str:
    """`name`, or the alternative where it is taken, or that with a number; it is taken from now on."""
    candidates: Iterable[str] = (name, alternative, *(fitted(alternative, str(number)) for number in range(2, 1000)))
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


@cache
def _preparer() -> IdentifierPreparer:
    from sqlalchemy.dialects import postgresql

    # A style of parameters without a percent sign: the preparer of any other doubles those in names.
    return postgresql.dialect(paramstyle="named").identifier_preparer  # type: ignore[no-untyped-call]
