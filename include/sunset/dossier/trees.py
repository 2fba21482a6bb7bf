"""Folders that were copied into a dossier as one, each beside a manifest with the hashes of its files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.dossier.listing import FileEntry, Listed
from sunset.dossier.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sunset.dossier.store import Store

SUFFIX = "files.json"

_MANIFEST = re.compile(r"(?P<stem>[^/]+/[^/]+)\.(?P<number>[0-9]+)\.files\.json")


@dataclass(frozen=True, slots=True)
class Tree:
    """One copied folder: `stem` is common to all its versions, `files` have paths from the dossier's root."""

    stem: str
    number: int
    files: tuple[FileEntry, ...]


def trees(store: Store, paths: Iterable[str]) -> tuple[Tree, ...]:
    """The trees whose manifests are among `paths`."""
    return tuple(_load(store, match) for match in map(_MANIFEST.fullmatch, paths) if match)


def _load(store: Store, match: re.Match[str]) -> Tree:
    folder = f"{match['stem']}.{match['number']}"
    listed = json.loads(store.read(match.string))["files"]
    files = tuple(FileEntry(f"{folder}/{entry['path']}", entry["size"], entry["sha256"]) for entry in listed)
    return Tree(match["stem"], int(match["number"]), files)


def not_whole(found: Iterable[Tree], listed: Sequence[Listed]) -> list[Problem]:
    """Files of the newest version of each tree that never arrived, or not in full."""
    newest: dict[str, Tree] = {}
    for tree in found:
        if tree.stem not in newest or newest[tree.stem].number < tree.number:
            newest[tree.stem] = tree
    sizes = {entry.path: entry.size for entry in listed}
    files = [entry for tree in newest.values() for entry in tree.files if sizes.get(entry.path) != entry.size]
    return [Problem("missing", entry.path, "is not there as its tree's manifest lists it.") for entry in files]
