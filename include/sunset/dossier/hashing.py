"""Digests of our own over streams: never an ETag, never a whole file in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sunset.dossier.faults import translated
from sunset.dossier.listing import FileEntry

BLOCK = 4 * 2**20


def digests(blocks: Iterable[bytes], algorithms: Sequence[str]) -> dict[str, str]:
    """Hexadecimal digests of a stream, one for each of hashlib's algorithms named."""
    hashers = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for algorithm in algorithms}
    for block in blocks:
        for hasher in hashers.values():
            hasher.update(block)
    return {algorithm: hasher.hexdigest() for algorithm, hasher in hashers.items()}


def sha256(blocks: Iterable[bytes]) -> str:
    """SHA-256 of a stream, as 64 hexadecimal digits."""
    return digests(blocks, ("sha256",))["sha256"]


def blocks(local: Path) -> Iterator[bytes]:
    """The content of a local file in blocks of at most 4 MiB.

    Raises:
        Refusal: the file cannot be read.
    """
    with translated(f"file://{local}"), local.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def entry_of(local: Path, path: str) -> FileEntry:
    """Size and SHA-256 of a local file, under the path that it is to have in a store.

    Raises:
        Refusal: the file cannot be read.
    """
    content = sha256(blocks(local))
    return FileEntry(path, local.stat().st_size, content)
