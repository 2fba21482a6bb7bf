"""What goes into a bag: the payload's files with their digests, and the tag files made from them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunset.archive import layout, manifest
from sunset.dossier.faults import translated
from sunset.dossier.hashing import blocks, digests
from sunset.dossier.listing import FileEntry, regular
from sunset.dossier.local import LocalFiles
from sunset.dossier.names import confined
from sunset.errors import Refusal

KEEP = ".keep"
"""Stands in for a folder without files, which a bag cannot hold otherwise."""

_NO_FILE = Path(os.devnull)
_READERS = 4


@dataclass(frozen=True, slots=True)
class Content:
    """One payload file: where it is now, its path in the bag, size in bytes and digests by algorithm."""

    local: Path
    path: str
    size: int
    digests: Mapping[str, str]

    @property
    def entry(self) -> FileEntry:
        return FileEntry(self.path, self.size, self.digests["sha256"])


def contents(payload: Path) -> tuple[Content, ...]:
    """The payload's files, sorted by path.

    Raises:
        Refusal: there are none, or one is a link, a special file, unreadable or not to be named in a bag.
    """
    with translated(f"file://{payload}"):
        found = regular(LocalFiles().scan(os.fspath(payload), ""), str(payload))
        empty = [Path(folder) for folder, folders, files in os.walk(payload) if not folders and not files]
    if not found:
        raise Refusal("holds no files.", where=str(payload), remedy="Export the data first.")
    files = {entry.path: payload / entry.path for entry in found}
    keeps = {f"{folder.relative_to(payload).as_posix()}/{KEEP}": _NO_FILE for folder in empty}
    with ThreadPoolExecutor(_READERS) as readers:
        return tuple(readers.map(_content, *zip(*sorted((files | keeps).items()), strict=True)))


def _content(path: str, local: Path) -> Content:
    size = 0 if local == _NO_FILE else local.stat().st_size
    return Content(local, confined(f"{layout.PAYLOAD}/{path}"), size, digests(blocks(local), layout.ALGORITHMS))


def tag_files(payload: tuple[Content, ...], info: Mapping[str, str]) -> dict[str, bytes]:
    """The bag's own files by name, the declaration included.

    Raises:
        Refusal: a label or value of `info` would break the line it stands in.
    """
    tags = {
        layout.DECLARATION: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        layout.INFO: _info(payload, info),
    }
    for algorithm in layout.ALGORITHMS:
        listed = {content.path: content.digests[algorithm] for content in payload}
        tags[layout.manifest(algorithm)] = manifest.write(listed)
    own = {
        layout.tagmanifest(algorithm): manifest.write(
            {name: digests([data], (algorithm,))[algorithm] for name, data in tags.items()}
        )
        for algorithm in layout.ALGORITHMS
    }
    return tags | own


def _info(payload: tuple[Content, ...], info: Mapping[str, str]) -> bytes:
    lines = {
        "Bag-Software-Agent": "Sunset",
        "Bagging-Date": datetime.now(UTC).date().isoformat(),
        **info,
        "Payload-Oxum": f"{sum(content.size for content in payload)}.{len(payload)}",
    }
    for label, value in lines.items():
        if ":" in label or label.strip() != label or not f"{label}{value}".isprintable():
            raise Refusal(
                "has no place in one line.", where=f"bag-info {label!r}", remedy="Give it without line breaks."
            )
    return "".join(f"{label}: {lines[label]}\n" for label in sorted(lines)).encode()
