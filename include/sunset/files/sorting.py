"""Sorts listings of any length: what does not fit into a run in memory goes to temporary files."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO

from sunset.files.entries import order

RUN = 50_000

Row = tuple[str, int, int, str]
"""Path, size in bytes, last change in nanoseconds, mark."""


def in_order(rows: Iterable[Row], run: int = RUN) -> Iterator[Row]:
    """The rows by the bytes of their paths, whatever order a store lists them in.

    Args:
        rows: a listing.
        run: rows that are kept in memory.
    """
    rows = iter(rows)
    with ExitStack() as files:
        first = sorted(islice(rows, run), key=_path)
        spilled: list[IO[str]] = []
        while part := sorted(islice(rows, run), key=_path):
            file = files.enter_context(tempfile.TemporaryFile("w+", encoding="ascii"))
            file.writelines(json.dumps(row) + "\n" for row in part)
            file.seek(0)
            spilled.append(file)
        yield from heapq.merge(first, *map(_read, spilled), key=_path)


def _read(file: IO[str]) -> Iterator[Row]:
    for line in file:
        path, size, mtime_ns, mark = json.loads(line)
        yield path, size, mtime_ns, mark


def _path(row: Row) -> bytes:
    return order(row[0])
