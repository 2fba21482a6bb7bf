"""Finds spec files and reads their text; whatever cannot be read becomes a problem of that file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sunset.spec.document import Document, broken
from sunset.spec.problems import SpecProblem
from sunset.spec.reading import read_documents

LARGEST = 256 * 1024
"""Bytes of the largest spec file; a product takes about three thousand."""


def find_files(folder: Path) -> dict[str, Path]:
    """All spec files by their name below the folder, sorted; hidden files and folders are passed over.

    A path that is no folder stands for itself.
    """
    if not folder.is_dir():
        return {folder.name: folder}
    found = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                path = Path(parent, name)
                found[path.relative_to(folder).as_posix()] = path
    return dict(sorted(found.items()))


def read_raw(path: Path) -> bytes:
    """The file's bytes, at most one more than allowed.

    Raises:
        OSError: the file cannot be read, or is a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise OSError(0, "it is not a regular file")
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def documents_in(file: str, path: Path) -> Iterator[Document]:
    """All documents of a file; one broken document if its text cannot be had."""
    try:
        raw = read_raw(path)
    except OSError as error:
        yield _broken(file, 0, f"cannot be read: {error.strerror}")
        return
    if len(raw) > LARGEST:
        yield _broken(file, 0, f"is larger than {LARGEST // 1024} KiB", raw)
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        yield _broken(file, line, f"is not UTF-8 text: byte 0x{raw[error.start]:02x} at offset {error.start}", raw)
        return
    yield from read_documents(file, text)


def _broken(file: str, line: int, message: str, raw: bytes = b"") -> Document:
    return broken(SpecProblem(file, line, min(line, 1), "", message), raw.decode(errors="replace"))
