"""The rows that differ between two copies of a table, named by their keys and never shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class RowName:
    """Names one row without showing its content.

    Attributes:
        key: the key as text, `id=17`, where it is an integer, uuid or date; else `sha256:` and the first 16
            hexadecimal digits of the key's fingerprint, or of the whole row's where the table has no key.
        source_copies: how many such rows the source has; more than 1 only in tables without a key.
        target_copies: how many such rows the target has.
        find: SQL that shows the row to someone who may read the table.
    """

    key: str
    source_copies: int
    target_copies: int
    find: str


@dataclass(frozen=True, slots=True)
class RowDifferences:
    """What narrowing found in one table.

    Attributes:
        table: quoted, schema-qualified name.
        missing: rows that the source has more often than the target.
        unexpected: rows that the target has more often than the source.
        changed: rows whose key is on both sides with another content; none in tables without a key.
        truncated: number of differing rows beyond those listed; exact.
        source_checksum: checksum of the source's table while narrowing; where it is not the checksum of the
            copied snapshot, the source was written to since, and newer rows are among those listed.
    """

    table: str
    missing: tuple[RowName, ...]
    unexpected: tuple[RowName, ...]
    changed: tuple[RowName, ...]
    truncated: int
    source_checksum: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
