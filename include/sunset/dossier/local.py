"""Files of a store on a local disk: published whole, never overwritten, listed without following links."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sunset.dossier.listing import Kind, Listed
from sunset.dossier.names import is_unfinished, unfinished_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """Writing and listing on a local disk; all paths are absolute."""

    def create(self, path: str, data: bytes) -> None:
        """Publish a new file.

        Raises:
            FileExistsError: the path is taken.
        """
        _publish(path, [data])

    def create_from(self, path: str, source: Path) -> None:
        """Publish a new file with the content of `source`.

        Raises:
            FileExistsError: the path is taken.
        """
        with source.open("rb") as file:
            _publish(path, iter(lambda: file.read(_BLOCK), b""))

    def replace(self, path: str, data: bytes) -> None:
        """Write a file, in the place of the one there was."""
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, unfinished_name(uuid.uuid4().hex))
        try:
            Path(part).write_bytes(data)
            os.replace(part, path)
        finally:
            Path(part).unlink(missing_ok=True)

    def scan(self, folder: str, start: str) -> Iterator[Listed]:
        """Everything below `folder` whose path from there begins with `start`."""
        with suppress(FileNotFoundError):
            yield from _walk(folder, start, "")

    def remove_tree(self, path: str) -> None:
        """Remove a file, or a folder and all below it."""
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            Path(path).unlink(missing_ok=True)

    def sweep(self, folder: str) -> None:
        """Remove what killed writers left behind."""
        for entry in self.scan(folder, ""):
            if is_unfinished(entry.path):
                Path(folder, entry.path).unlink(missing_ok=True)


def _publish(path: str, chunks: Iterable[bytes]) -> None:
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    if os.path.lexists(path):
        raise FileExistsError(path)
    part = os.path.join(folder, unfinished_name(uuid.uuid4().hex))
    try:
        with open(part, "xb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # unlike a rename, it never replaces
    finally:
        Path(part).unlink(missing_ok=True)
    _sync(folder)


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _walk(folder: str, start: str, prefix: str) -> Iterator[Listed]:
    with os.scandir(folder) as found:
        entries = [entry for entry in found if entry.name.startswith(start)]
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, "", f"{prefix}{entry.name}/")
            continue
        with suppress(FileNotFoundError):  # a file published or removed while the folder is read
            status = entry.stat(follow_symlinks=False)
            yield Listed(f"{prefix}{entry.name}", status.st_size, _kind(status.st_mode))


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    return "link" if stat.S_ISLNK(mode) else "special"
