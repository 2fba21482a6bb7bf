"""A store as it is now against the files that were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunset.dossier.names import is_unfinished
from sunset.dossier.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from sunset.dossier.listing import FileEntry, Listed
    from sunset.dossier.store import Store


def irregular(found: Iterable[Listed]) -> list[Problem]:
    """Links, special files and the rests of killed writers, which no dossier or bag may hold."""
    problems = [Problem("irregular", entry.path, f"is a {entry.kind}, not a file.") for entry in _odd(found)]
    problems += [Problem("unfinished", entry.path, "was left by a killed writer.") for entry in _rests(found)]
    return problems


def differences(store: Store, found: Sequence[Listed], recorded: Mapping[str, FileEntry]) -> list[Problem]:
    """Recorded files that are missing or whose content is another one; every content is read."""
    there = {entry.path: entry for entry in found}
    problems = [Problem("missing", path, "is missing.") for path in recorded if path not in there]
    regular = [path for path in recorded if path in there and there[path].kind == "file"]
    resized = {path for path in regular if there[path].size != recorded[path].size}
    hashes = store.hashed([path for path in regular if path not in resized])
    rewritten = {path for path, sha256 in hashes.items() if sha256 != recorded[path].sha256}
    changed = sorted(resized | rewritten)
    return problems + [Problem("changed", path, "does not have the content that was recorded.") for path in changed]


def surplus(found: Iterable[Listed], recorded: Container[str]) -> list[Problem]:
    """Files that nobody recorded."""
    files = [entry.path for entry in found if entry.kind == "file" and not is_unfinished(entry.path)]
    return [Problem("added", path, "is not recorded.") for path in files if path not in recorded]


def _odd(found: Iterable[Listed]) -> list[Listed]:
    return [entry for entry in found if entry.kind != "file"]


def _rests(found: Iterable[Listed]) -> list[Listed]:
    return [entry for entry in found if entry.kind == "file" and is_unfinished(entry.path)]
