"""Which files a copy takes, and how they are cut into the slices of its tasks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sunset.dossier.names import shown
from sunset.files.entries import Entry, order

FILE_COST = 256 * 1024
"""What a file takes besides its bytes, in bytes that go over the line meanwhile."""
SLICE_COST = 8 * 2**30
MOST_SLICES = 256
SAMPLE_FILES, SAMPLE_BYTES = 1000, 256 * 2**20


@dataclass(frozen=True, slots=True)
class Slice:
    """Entries that follow each other in a listing; the files of one task.

    Attributes:
        label: what the task is called in Airflow's UI.
        first: path of the first entry.
        last: path of the last entry.
        files: number of files.
        bytes: their size in bytes.
    """

    label: str
    first: str
    last: str
    files: int
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """Paths as JSON texts of their own: a record is UTF-8, and a name need not be."""
        return {**asdict(self), "first": json.dumps(self.first), "last": json.dumps(self.last)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Slice:
        return cls(**{**data, "first": json.loads(data["first"]), "last": json.loads(data["last"])})

    def holds(self, entry: Entry) -> bool:
        return order(self.first) <= order(entry.path) <= order(self.last)


def slices(entries: Iterable[Entry], total_cost: int) -> tuple[Slice, ...]:
    """Cut a sorted listing into even slices by size and count; at least one, even of nothing.

    Args:
        entries: the listing.
        total_cost: sum of `cost` over it.
    """
    share = max(SLICE_COST, -(-total_cost // MOST_SLICES))
    return tuple(_cut(entries, share)) or (Slice("nothing", "", "", 0, 0),)


def cost(entry: Entry) -> int:
    """What an entry takes, in bytes that go over the line meanwhile."""
    return entry.size + FILE_COST


def _cut(entries: Iterable[Entry], share: int) -> Iterator[Slice]:
    first, last, files, size, spent, number = "", "", 0, 0, 0, 0
    for entry in entries:
        if spent and spent + cost(entry) > share:
            number += 1
            yield _slice(number, first, last, files, size)
            files = size = spent = 0
        first = entry.path if not spent else first
        last, spent = entry.path, spent + cost(entry)
        files, size = files + (entry.kind == "file"), size + entry.size
    if spent:
        yield _slice(number + 1, first, last, files, size)


def _slice(number: int, first: str, last: str, files: int, size: int) -> Slice:
    return Slice(f"{number}: {files:,} files from {shown(first)[:60]}", first, last, files, size)


def sample(entries: Iterable[Entry], files: int) -> Iterator[Entry]:
    """A part of a listing, spread over it: at most `SAMPLE_FILES` files and about `SAMPLE_BYTES` bytes.

    Args:
        entries: the listing.
        files: how many files it has.
    """
    step, taken, seen = max(1, -(-files // SAMPLE_FILES)), 0, 0
    for entry in entries:
        if entry.kind != "file":
            yield entry
            continue
        if seen % step == 0 and (taken == 0 or taken + entry.size <= SAMPLE_BYTES):
            taken += entry.size
            yield entry
        seen += 1
