"""Documents of a dossier, for people to look at. Whoever wrote them, they can do nothing in the reader's browser.

Only documents are shown. A dump or an export is data: it is listed with its size and digest, and not handed out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from sunset.dossier.canonical import digest
from sunset.dossier.names import is_unfinished
from sunset.dossier.seal import SEALS
from sunset.dossier.trees import SUFFIX
from sunset_console.records import FileList, ListedFile, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sunset.dossier.dossier import Dossier
    from sunset.dossier.listing import FileEntry, Listed
    from sunset.dossier.store import Store
    from sunset_console.gates import Gates

TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
LARGEST = 2 * 2**20
"""Documents beyond this many bytes are not laid out on a page."""

_BACKED_UP = re.compile(r"back_up/[^/]+/.+", re.DOTALL)

Standing = Literal["as sealed", "not as sealed", "not sealed yet"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document that was read whole.

    Attributes:
        text: its content.
        files: what it lists, if it is a seal or the manifest of a folder.
        sha256: digest of its bytes.
        sealed: what the newest seal says of it.
        gate: the gate of that seal.
    """

    text: str
    files: tuple[ListedFile, ...]
    sha256: str
    sealed: Standing
    gate: str


def find(dossier: Dossier, path: str) -> Listed | None:
    """The document at a path; None if there is none that may be shown."""
    return next((entry for entry in dossier.store.scan() if entry.path == path and is_document(entry)), None)


def is_document(entry: Listed) -> bool:
    """Whether it is a regular, finished file of a type that people read, and no part of a backup."""
    whole = entry.kind == "file" and not is_unfinished(entry.path)
    return whole and _suffix(entry.path) in TYPES and not _BACKED_UP.fullmatch(entry.path)


def media_type(path: str) -> str:
    """The type of a document, by its name."""
    return TYPES[_suffix(path)]


def read(store: Store, path: str, known: Gates) -> Sheet:
    """Read a document, and compare it with the newest seal."""
    data = store.read(path)
    sha256 = digest(data)
    entry = next((entry for entry in _sealed_files(known) if entry.path == path), None)
    sealed: Standing = "not sealed yet"
    if entry:
        sealed = "as sealed" if entry.sha256 == sha256 else "not as sealed"
    gate = known.newest.seal.gate if known.newest else ""
    return Sheet(data.decode("utf-8", "replace"), _listed(path, data), sha256, sealed, gate)


def _sealed_files(known: Gates) -> tuple[FileEntry, ...]:
    return known.newest.seal.files if known.newest else ()


def _listed(path: str, data: bytes) -> tuple[ListedFile, ...]:
    """The files in a seal or in the manifest of a folder."""
    is_list = path.startswith(f"{SEALS}/") or path.endswith(f".{SUFFIX}")
    known = parse(data, FileList) if is_list else None
    return known.files if known else ()


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
