"""Seals: at each gate an index of everything in the dossier, chained to the seal before it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset.dossier.canonical import digest
from sunset.dossier.chain import Chain, Link, judge
from sunset.dossier.compare import differences, irregular, surplus
from sunset.dossier.faults import Missing
from sunset.dossier.listing import FileEntry, Listed
from sunset.dossier.names import safe_name
from sunset.dossier.problems import Problem
from sunset.dossier.trees import Tree, not_whole, trees
from sunset.errors import Deviation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sunset.dossier.dossier import Dossier
    from sunset.dossier.store import Store

SEALS = "seals"
CLOSING_GATE = "close"


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal: what the dossier held when a gate was reached.

    Attributes:
        path: where it lies in the dossier.
        digest: SHA-256 of the seal file; the people at the gate approve this.
        number: its place in the chain, from 1.
        gate: the gate that it was made for.
        files: every file of the dossier but the seals, sorted by path.
    """

    path: str
    digest: str
    number: int
    gate: str
    files: tuple[FileEntry, ...]

    @classmethod
    def from_link(cls, link: Link) -> Seal:
        """The seal that a link of the chain holds."""
        return cls(link.path, link.digest, link.body["number"], link.body["gate"], _files(link.body))


def seals(store: Store) -> Chain:
    """The chain of seals of the dossier in `store`."""
    return Chain(store, SEALS, _name)


def seal(dossier: Dossier, gate: str) -> Seal:
    """Seal what the dossier holds; with nothing changed since this gate's seal, return that one.

    Gates of one run follow each other: a dossier is sealed by one task at a time.

    Raises:
        Deviation: sealed evidence was changed or removed since, a seal does not hold, or a tree is not whole.
        Refusal: the dossier holds a link or a special file.
    """
    store = dossier.store
    store.sweep()
    links = seals(store).links()
    trusted, problems = judge(links)
    found = tuple(entry for entry in store.files() if not entry.path.startswith(f"{SEALS}/"))
    copied = trees(store, (entry.path for entry in found))
    files = _index(store, found, copied)
    _require_none([*problems, *not_whole(copied, found), *_lost(trusted, files)], store, links)
    if links and links[-1].body["gate"] == gate and _files(links[-1].body) == files:
        return Seal.from_link(links[-1])
    body = {
        "files": [asdict(entry) for entry in files],
        "gate": gate,
        "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Seal.from_link(seals(store).append(body, links))


def check_seal(dossier: Dossier, path: str, digest_: str) -> tuple[Problem, ...]:
    """What no longer holds, right now, of the seal that was approved: changed, missing and added files.

    Args:
        dossier: the dossier as it is.
        path: path of the seal.
        digest_: the digest that was approved.
    """
    try:
        data = dossier.store.read(path)
    except Missing:
        return (Problem("missing", path, "is missing."),)
    if digest(data) != digest_:
        return (Problem("changed", path, "is not the seal that was approved."),)
    recorded = {entry.path: entry for entry in _files(json.loads(data))}
    found = _unsealed(dossier.store)
    problems = [*irregular(found), *differences(dossier.store, found, recorded), *surplus(found, recorded)]
    return tuple(sorted(problems, key=lambda problem: problem.path))


def _name(body: Mapping[str, Any]) -> str:
    _files(body)  # refuses a forged content without them
    return f"{body['number']:02d}-{safe_name(body['gate'])}.json"


def _files(body: Mapping[str, Any]) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(**entry) for entry in body["files"])


def _unsealed(store: Store) -> tuple[Listed, ...]:
    return tuple(entry for entry in store.scan() if not entry.path.startswith(f"{SEALS}/"))


def _index(store: Store, found: Sequence[Listed], copied: Sequence[Tree]) -> tuple[FileEntry, ...]:
    """Size and hash of each file; what a tree's manifest lists is not read again, `verify` does that."""
    listed = {entry.path: entry for tree in copied for entry in tree.files}
    known = {entry.path: listed[entry.path] for entry in found if _is_listed(entry, listed)}
    hashes = store.hashed([entry.path for entry in found if entry.path not in known])
    return tuple(known.get(entry.path) or FileEntry(entry.path, entry.size, hashes[entry.path]) for entry in found)


def _is_listed(entry: Listed, listed: Mapping[str, FileEntry]) -> bool:
    return entry.path in listed and listed[entry.path].size == entry.size


def _lost(trusted: Sequence[Link], files: Sequence[FileEntry]) -> list[Problem]:
    """What the newest seal holds and the dossier no longer does."""
    now = {entry.path: entry for entry in files}
    sealed = _files(trusted[-1].body) if trusted else ()
    lost = [entry for entry in sealed if now.get(entry.path) != entry]
    return [Problem("changed", entry.path, "was changed or removed after it was sealed.") for entry in lost]


def _require_none(problems: Sequence[Problem], store: Store, links: Sequence[Link]) -> None:
    if problems:
        raise Deviation(
            "The dossier does not hold what was written to it, and is not sealed.",
            where=store.uri,
            remedy="Find out who changed it; restore the files, or begin a new run.",
            differences=tuple(map(str, problems)),
            record=links[-1].path if links else "",
        )
