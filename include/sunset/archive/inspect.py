"""Check a bag: every payload and tag file against every manifest, never the Payload-Oxum alone.

Manifests are witnesses. A file that one of them confirms is whole, and the manifest that says otherwise is the
one that was damaged; so one flipped byte is named where it is, and nothing else is.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.archive import layout, manifest
from sunset.dossier.compare import irregular
from sunset.dossier.names import is_unfinished
from sunset.dossier.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sunset.archive.manifest import Manifest
    from sunset.dossier.listing import Listed
    from sunset.dossier.store import Store

_MANIFEST = re.compile(r"(?P<tag>tag)?manifest-(?P<algorithm>[a-z0-9_]+)\.txt")
_DECLARATION = re.compile(rb"BagIt-Version: 1\.0\r?\nTag-File-Character-Encoding: UTF-8\r?\n?")
_OXUM = re.compile(r"^Payload-Oxum: *([0-9]+)\.([0-9]+) *$", re.MULTILINE)
_KNOWN = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
_READERS = 4


def is_bag(found: Sequence[Listed]) -> bool:
    """Whether a listing is of a bag, even of one that lost some of its tag files."""
    own = {layout.DECLARATION, layout.INFO, layout.PACKING}
    return any(entry.path in own or _MANIFEST.fullmatch(entry.path) for entry in found)


def inspect_bag(store: Store, found: Sequence[Listed]) -> list[Problem]:
    """All problems of the bag in `store`, whose complete listing is `found`."""
    sizes = {entry.path: entry.size for entry in found if entry.kind == "file" and not is_unfinished(entry.path)}
    if layout.PACKING in sizes:
        return [Problem("unfinished", layout.PACKING, "shows that the bag was never finished.")]
    tags, payload = _manifests(store, sizes, "tag"), _manifests(store, sizes, None)
    problems = irregular(found) + _absent(sizes, payload, tags)
    problems += _witnessed(store, sizes, tags, {path for path in sizes if not _is_payload(path)} - tags.keys())
    damaged = {problem.path for problem in problems}
    intact = {name: read for name, read in payload.items() if name not in damaged}
    if intact:
        problems += _witnessed(store, sizes, intact, {path for path in sizes if _is_payload(path)})
    problems += _declaration(store, sizes, {problem.path for problem in problems})
    return problems or _oxum(store, sizes)


def _is_payload(path: str) -> bool:
    return path.startswith(f"{layout.PAYLOAD}/")


def _algorithm(name: str) -> str:
    match = _MANIFEST.fullmatch(name)
    assert match
    return match["algorithm"]


def _manifests(store: Store, sizes: Mapping[str, int], tag: str | None) -> dict[str, Manifest]:
    """The manifests of one kind that stand in the bag, by file name."""
    matches = [match for match in map(_MANIFEST.fullmatch, sizes) if match and match["tag"] == tag]
    known = [match.string for match in matches if match["algorithm"] in _KNOWN]
    return {name: manifest.read(store.read(name)) for name in sorted(known)}


def _absent(sizes: Mapping[str, int], payload: Mapping[str, Manifest], tags: Mapping[str, Manifest]) -> list[Problem]:
    """Files without which a bag proves nothing."""
    wanted = {layout.DECLARATION, *(f"tag{name}" for name in payload), *(name.removeprefix("tag") for name in tags)}
    if not payload and not tags:
        wanted |= {layout.manifest(algorithm) for algorithm in layout.ALGORITHMS}
    listed = {path for read in tags.values() for path in read.entries}  # named there when they are missing
    return [Problem("missing", path, "is missing.") for path in sorted(wanted - sizes.keys() - listed)]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the manifests say of one path: those whose digest is right, wrong, or not given."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    silent: tuple[str, ...]


def _witnessed(
    store: Store, sizes: Mapping[str, int], witnesses: Mapping[str, Manifest], paths: set[str]
) -> list[Problem]:
    """Compare `paths`, the files there are, with what manifests of one kind list."""
    listed = {path for read in witnesses.values() for path in read.entries}
    problems = {Problem("added", path, "is in no manifest.") for path in paths - listed}
    for name, read in witnesses.items():
        problems |= {Problem("broken", name, f"line {number} is no entry.") for number in read.broken[:1]}
    there = sorted(listed & sizes.keys() & paths)
    with ThreadPoolExecutor(_READERS) as readers:
        evidence = readers.map(lambda path: _weigh(store, path, witnesses), there)
        for path, said in zip(there, evidence, strict=True):
            problems |= _verdict(path, said)
    for path in listed - paths:
        naming = [name for name, read in witnesses.items() if path in read.entries]
        if len(naming) == len(witnesses):
            problems.add(Problem("missing", path, "is missing."))
        else:
            problems |= {Problem("broken", name, "lists what no other manifest does.") for name in naming}
    return _one_each(problems)


def _weigh(store: Store, path: str, witnesses: Mapping[str, Manifest]) -> _Evidence:
    actual = store.digests(path, sorted({_algorithm(name) for name in witnesses}))
    said = {name: read.entries.get(path) for name, read in witnesses.items()}
    return _Evidence(
        right=tuple(name for name, digest in said.items() if digest == actual[_algorithm(name)]),
        wrong=tuple(name for name, digest in said.items() if digest not in (None, actual[_algorithm(name)])),
        silent=tuple(name for name, digest in said.items() if digest is None),
    )


def _verdict(path: str, said: _Evidence) -> set[Problem]:
    if said.right:
        return {
            Problem("broken", name, "does not agree with the other manifests.") for name in said.wrong + said.silent
        }
    return {Problem("changed", path, "was changed after it was packed.")}


def _one_each(problems: set[Problem]) -> list[Problem]:
    return [*{problem.path: problem for problem in sorted(problems, key=str)}.values()]


def _declaration(store: Store, sizes: Mapping[str, int], named: set[str]) -> list[Problem]:
    name = layout.DECLARATION
    if name in named or name not in sizes or _DECLARATION.fullmatch(store.read(name)):
        return []
    return [Problem("broken", name, "does not declare BagIt 1.0 in UTF-8.")]


def _oxum(store: Store, sizes: Mapping[str, int]) -> list[Problem]:
    """The count in bag-info.txt, which is worth a look only if all else holds."""
    counted = [size for path, size in sizes.items() if _is_payload(path)]
    text = store.read(layout.INFO).decode("utf-8", "replace") if layout.INFO in sizes else ""
    match = _OXUM.search(text)
    if match and (int(match[1]), int(match[2])) == (sum(counted), len(counted)):
        return []
    return [Problem("broken", layout.INFO, "does not give the payload's bytes and files.")]
