"""Facts: what was measured on one side of a copy, small enough to keep as evidence.

Facts hold names, counts, checksums and definitions, never row values. Source facts are taken on the
snapshot that was copied; target facts after the last change to the target.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TableFact:
    """Content of one table (`ONLY`, without children and partitions).

    Attributes:
        table: quoted, schema-qualified name, as the database's own quoting gives it.
        rows: number of rows.
        checksum: 32 hexadecimal digits; order-free, so that two equal multisets of rows give one value. It covers
            the rows in quarantine too.
        quarantined: number of further rows, which no type of the target holds: they are in quarantine there.
    """

    table: str
    rows: int
    checksum: str
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class SequenceFact:
    """State of one sequence: `next_value` is what `nextval` would return, without calling it."""

    sequence: str
    last_value: int
    is_called: bool
    next_value: int


@dataclass(frozen=True, slots=True)
class ObjectFact:
    """Definition of one object of the schema: view, function, trigger, index, constraint, grant, comment.

    `identity` is unique within `kind`; `definition` is canonical text, comparable between two servers.
    """

    kind: str
    identity: str
    definition: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one side of one source."""

    tables: tuple[TableFact, ...] = field(default=())
    sequences: tuple[SequenceFact, ...] = field(default=())
    objects: tuple[ObjectFact, ...] = field(default=())

    @property
    def rows(self) -> int:
        return sum(fact.rows for fact in self.tables)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Facts:
        return cls(
            tables=tuple(TableFact(**row) for row in data["tables"]),
            sequences=tuple(SequenceFact(**row) for row in data["sequences"]),
            objects=tuple(ObjectFact(**row) for row in data["objects"]),
        )


def combine(parts: Iterable[TableFact], table: str) -> TableFact:
    """Facts of a whole table from the facts of its disjoint chunks.

    The checksum is two sums modulo 2^64 side by side, so chunks add up.
    """
    rows, quarantined, low, high = 0, 0, 0, 0
    for part in parts:
        rows += part.rows
        quarantined += part.quarantined
        high = (high + int(part.checksum[:16], 16)) % 2**64
        low = (low + int(part.checksum[16:], 16)) % 2**64
    return TableFact(table, rows, f"{high:016x}{low:016x}", quarantined)
