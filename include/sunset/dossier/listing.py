"""Entries of a store's listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sunset.dossier.names import is_unfinished, shown
from sunset.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["file", "link", "special"]


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands at a path: its size in bytes, and whether it is a regular file."""

    path: str
    size: int
    kind: Kind = "file"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One stored file: path below the store's root, size in bytes, SHA-256 of its content as we read it."""

    path: str
    size: int
    sha256: str


def regular(found: Iterable[Listed], root: str) -> tuple[Listed, ...]:
    """The files of a listing without those that are still being written; `root` is for the error.

    Raises:
        Refusal: a link or a special file stands among them.
    """
    files = tuple(entry for entry in found if not is_unfinished(entry.path))
    for entry in files:
        if entry.kind != "file":
            where = f"{root}/{shown(entry.path)}"
            raise Refusal(f"is a {entry.kind}, not a regular file.", where=where, remedy="Put the file itself there.")
    return files
