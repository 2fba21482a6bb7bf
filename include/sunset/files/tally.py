"""Counts, sizes and digests of a tree: what two sides of a copy have to agree on, whatever the number of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sunset.files.entries import Sent, order


@dataclass(frozen=True, slots=True)
class Tally:
    """One side, or one chunk of it.

    Attributes:
        files: number of files.
        bytes: their size in bytes.
        digest: SHA-256 over path, size and SHA-256 of every file in the order of paths; 64 hexadecimal digits.
    """

    files: int
    bytes: int
    digest: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tallies:
    """The tally of a whole side, and one for each of up to 256 chunks; a path's chunk depends on its bytes alone."""

    whole: Tally
    chunks: dict[str, Tally]

    def to_json(self) -> dict[str, Any]:
        return {"whole": self.whole.to_json(), "chunks": {name: each.to_json() for name, each in self.chunks.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Tallies:
        return cls(Tally(**data["whole"]), {name: Tally(**each) for name, each in data["chunks"].items()})


class Counter:
    """Adds files up one by one."""

    def __init__(self) -> None:
        self.files = self.bytes = 0
        self.digest = hashlib.sha256()

    def add(self, path: bytes, size: int, sha256: str) -> None:
        self.files += 1
        self.bytes += size
        self.digest.update(b"%d:%s%d:%s\n" % (len(path), path, size, sha256.encode()))

    def tally(self) -> Tally:
        return Tally(self.files, self.bytes, self.digest.hexdigest())


def tally(files: Iterable[Sent]) -> Tallies:
    """The tallies of files that come in the order of paths."""
    whole, chunks = Counter(), dict[str, Counter]()
    for each in files:
        path = order(each.path)
        chunk = chunks.setdefault(hashlib.sha256(path).hexdigest()[:2], Counter())
        for counter in (whole, chunk):
            counter.add(path, each.size, each.sha256)
    return Tallies(whole.tally(), {name: chunks[name].tally() for name in sorted(chunks)})
