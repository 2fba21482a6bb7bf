"""The trees that are copied: many small files, and a few large ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Tree:
    """So many files of one size, in bytes."""

    title: str
    files: int
    size: int

    def make(self, folder: Path) -> None:
        """Write it; no two files have the same content, and a hundred share a folder."""
        noise = Random(1).randbytes(min(self.size, _BLOCK))
        for number in range(self.files):
            place = folder / f"d{number // 100:03}"
            place.mkdir(parents=True, exist_ok=True)
            with open(place / f"file-{number:06}.bin", "wb") as file:
                left = self.size - file.write((b"%016d" % number)[: self.size])
                while left:
                    left -= file.write(noise[: min(left, _BLOCK)])


_PART = float(os.environ.get("BENCH_PART", "1"))
TREES: Mapping[str, Tree] = {
    "small": Tree("10,000 files of 4 KiB", int(10_000 * _PART), 4096),
    "large": Tree("4 files of 512 MiB", 4, int(512 * _PART) * 2**20),
}
"""`BENCH_PART` makes them smaller, to try a benchmark out."""
