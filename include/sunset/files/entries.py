"""What stands in a file tree: one entry a file, empty folder, link or special file; and how entries lie on disk.

A path is relative, with `/` between its segments. Its bytes are kept as they are: what is not UTF-8 is carried by
surrogates (PEP 383), and two Unicode forms of one letter stay two names. A folder's path ends in `/`. Everything is
sorted by the bytes of the paths, so that two listings of any size are compared side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["file", "folder", "link", "special", "unreadable"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing found below the root of a tree.

    Attributes:
        path: relative path.
        kind: `folder` is an empty folder, `unreadable` a folder that cannot be listed.
        size: size in bytes; 0 for all but files.
        mtime_ns: last change in nanoseconds since 1970, as exact as the place keeps it.
        tag: an opaque mark of this very content where the place gives one; never taken for a checksum.
        link: where a link leads, as it is written.
    """

    path: str
    kind: Kind = "file"
    size: int = 0
    mtime_ns: int = 0
    tag: str = ""
    link: str = ""

    @property
    def version(self) -> tuple[int, int, str]:
        """Equal as long as nobody has written to the file."""
        return self.size, self.mtime_ns, self.tag

    def to_json(self) -> dict[str, Any]:
        fields = (
            ("path", self.path),
            ("kind", self.kind),
            ("size", self.size),
            ("mtime_ns", self.mtime_ns),
            ("tag", self.tag),
            ("link", self.link),
        )
        return {name: value for name, value in fields if value != ""}


@dataclass(frozen=True, slots=True)
class Sent:
    """One file that lies on the target, whole.

    Attributes:
        path: relative path, the same on both sides.
        size: bytes that were read, hashed and written.
        mtime_ns: as in the source's entry.
        tag: as in the source's entry.
        sha256: of the bytes, 64 hexadecimal digits; computed while they were sent.
        identity: the target's own mark of the object as it was published.
    """

    path: str
    size: int
    mtime_ns: int
    tag: str
    sha256: str
    identity: str

    @property
    def version(self) -> tuple[int, int, str]:
        return self.size, self.mtime_ns, self.tag

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "size": self.size,
            "mtime_ns": self.mtime_ns,
            "tag": self.tag,
            "sha256": self.sha256,
            "identity": self.identity,
        }


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the target lists it."""

    path: str
    size: int
    identity: str


def order(path: str) -> bytes:
    """What everything is sorted by: the bytes of the path."""
    return path.encode("utf-8", "surrogateescape")


def write_lines(path: Path, entries: Iterable[Entry | Sent]) -> None:
    """One line of ASCII JSON an entry, in the order given."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(line_of(entry) for entry in entries)


def line_of(entry: Entry | Sent) -> str:
    """One line of ASCII JSON, its end included."""
    return json.dumps(entry.to_json(), separators=(",", ":")) + "\n"


def read_entries(path: Path) -> Iterator[Entry]:
    """A listing, line by line."""
    with path.open(encoding="ascii") as file:
        for line in file:
            yield Entry(**json.loads(line))


def read_sent(path: Path) -> Iterator[Sent]:
    """A manifest, line by line."""
    with path.open(encoding="ascii") as file:
        for line in file:
            yield Sent(**json.loads(line))
