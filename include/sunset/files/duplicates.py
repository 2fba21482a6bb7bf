"""Files of one content under several names. Only files of one size are read, the largest first, within bounds."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sunset.dossier.names import shown
from sunset.errors import Unavailable
from sunset.files.entries import Entry, order
from sunset.files.places import BLOCK, FileFault, Reader, Source

_MOST_FILES, _MOST_BYTES, _SECONDS = 20_000, 2**30, 30.0
_MOST_GROUPS, _MOST_NAMES = 200, 10


@dataclass(slots=True)
class Duplicates:
    """What was found.

    Attributes:
        same_size: files that share their size with another one.
        read: how many of them were read.
        copies: files whose content another one has too, the first of each content not counted.
        bytes: what these copies take.
        groups: the largest of them: size, number, and the first names.
    """

    same_size: int = 0
    read: int = 0
    copies: int = 0
    bytes: int = 0
    groups: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "same_size": self.same_size,
            "read": self.read,
            "copies": self.copies,
            "bytes": self.bytes,
            "groups": self.groups,
        }


def find_duplicates(source: Source, entries: Iterable[Entry]) -> Duplicates:
    """Files of one content. Names and sizes lie in a temporary file: they need not fit into memory."""
    with closing(sqlite3.connect("")) as table, source.reader() as reader:
        table.execute("CREATE TABLE file (size INT, path BLOB, digest BLOB)")
        table.executemany(
            "INSERT INTO file VALUES (?, ?, NULL)",
            ((entry.size, order(entry.path)) for entry in entries if entry.kind == "file" and entry.size),
        )
        table.execute("CREATE INDEX by_size ON file (size)")
        found = Duplicates()
        sizes = table.execute(
            "SELECT size, count(*) FROM file GROUP BY size HAVING count(*) > 1 ORDER BY 1 DESC"
        ).fetchall()
        found.same_size = sum(number for _, number in sizes)
        for size, paths in _within_bounds(table, sizes):
            _compare(reader, size, paths, found)
    return found


def _within_bounds(table: sqlite3.Connection, sizes: Iterable[tuple[int, int]]) -> Iterator[tuple[int, list[str]]]:
    """Sizes with the paths of that size, as far as they may be read."""
    files, data, until = _MOST_FILES, _MOST_BYTES, time.monotonic() + _SECONDS
    for size, number in sizes:
        number = min(number, files, data // size)
        if number < 2 or time.monotonic() > until:
            continue
        files, data = files - number, data - number * size
        rows = table.execute("SELECT path FROM file WHERE size = ? ORDER BY path LIMIT ?", [size, number])
        yield size, [path.decode("utf-8", "surrogateescape") for (path,) in rows]


def _compare(reader: Reader, size: int, paths: list[str], found: Duplicates) -> None:
    same: dict[bytes, list[str]] = {}
    for path in paths:
        if digest := _digest(reader, path):
            found.read += 1
            same.setdefault(digest, []).append(path)
    for names in same.values():
        if len(names) > 1:
            found.copies += len(names) - 1
            found.bytes += size * (len(names) - 1)
            if len(found.groups) < _MOST_GROUPS:
                group = {"bytes": size, "files": len(names), "names": [shown(name) for name in names[:_MOST_NAMES]]}
                found.groups.append(group)


def _digest(reader: Reader, path: str) -> bytes:
    """SHA-256 of a file; nothing for one that cannot be read."""
    made = hashlib.sha256()
    try:
        with reader.open(path, 0) as file:
            while block := file.read(BLOCK):
                made.update(block)
    except (FileFault, Unavailable):
        return b""
    return made.digest()
