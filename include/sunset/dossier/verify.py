"""Check a dossier or a bag from its files alone, and name what does not hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sunset.archive.inspect import inspect_bag, is_bag
from sunset.archive.layout import DOSSIER
from sunset.dossier.approvals import without_seal
from sunset.dossier.chain import Link, is_link, judge
from sunset.dossier.compare import differences, irregular, surplus
from sunset.dossier.faults import Missing
from sunset.dossier.problems import Problem
from sunset.dossier.seal import CLOSING_GATE, SEALS, Seal, seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sunset.dossier.listing import FileEntry, Listed
    from sunset.dossier.store import Store


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and what does not hold.

    Attributes:
        problems: one for each file that does not hold, sorted by path.
        files: number of files read.
        seals: number of seals that hold.
        closed: whether the newest seal is the closing one.
        digest: digest of the newest seal, to be compared with the one that was approved; empty without one.
        destroyed: number of files that are gone under a certificate of destruction, and no problem.
    """

    problems: tuple[Problem, ...]
    files: int
    seals: int
    closed: bool
    digest: str
    destroyed: int = 0


def verify(store: Store) -> Verification:
    """Recompute every hash of a dossier, or of a bag and of the dossier inside.

    A dossier has to be closed and to hold nothing that its newest seal does not list. The one inside a bag was
    packed before that; what no seal lists yet is vouched for by the bag's manifests.

    Raises:
        Missing: there is nothing at the store's root.
        Unavailable: the store did not answer.
    """
    found = store.scan()
    if not found:
        raise Missing("holds no files.", where=store.uri, remedy="Give the folder of a dossier or of a bag.")
    return _verify_bag(store, found) if is_bag(found) else _verify_dossier(store, found)


def _verify_dossier(store: Store, found: Sequence[Listed]) -> Verification:
    links = seals(store).links()
    trusted = judge(links)[0]
    result = _verify_seals(store, found, links)
    problems = [*result.problems]
    if links and trusted[-1:] == links[-1:]:  # a broken seal cannot tell what is new
        listed = {entry.path for link in trusted for entry in Seal.from_link(link).files}
        problems += surplus(_evidence(found), listed)
    if not result.closed:
        gate = next((link.body["gate"] for link in reversed(links) if not link.fault), None)
        last = f"the last gate is {gate}" if gate else "no gate was reached"
        problems.append(Problem("open", "", f"The dossier is not closed: {last}."))
    return replace(result, problems=_sorted(problems))


def _verify_bag(store: Store, found: Sequence[Listed]) -> Verification:
    problems = inspect_bag(store, found)
    inside = [entry for entry in found if entry.path.startswith(f"{DOSSIER}/")]
    if not inside or any(problem.path.startswith(f"{DOSSIER}/") for problem in problems):
        return Verification(_sorted(problems), len(found), 0, closed=False, digest="")
    dossier = store.child(DOSSIER)
    result = _verify_seals(dossier, dossier.scan(), seals(dossier).links())
    within = [replace(problem, path=f"{DOSSIER}/{problem.path}") for problem in result.problems]
    if not result.seals and not within:
        within = [Problem("open", DOSSIER, "was packed without a seal.")]
    return replace(result, problems=_sorted([*problems, *within]), files=len(found))


def _verify_seals(store: Store, found: Sequence[Listed], links: Sequence[Link]) -> Verification:
    """The chain of seals, every file that one of them lists, and the approvals of them."""
    trusted, broken = judge(links)
    made = [Seal.from_link(link) for link in trusted]
    recorded, resealed = _recorded(made)
    problems = [*irregular(found), *broken, *resealed, *_strays(found)]
    problems += differences(store, _evidence(found), recorded)
    problems += without_seal(store, found, made, {problem.path for problem in problems})
    closed = bool(links) and trusted[-1:] == links[-1:] and made[-1].gate == CLOSING_GATE
    return Verification(_sorted(problems), len(found), len(made), closed, made[-1].digest if made else "")


def _evidence(found: Iterable[Listed]) -> list[Listed]:
    return [entry for entry in found if not entry.path.startswith(f"{SEALS}/")]


def _recorded(made: Iterable[Seal]) -> tuple[dict[str, FileEntry], list[Problem]]:
    """What the seals say about each file; those on which two seals disagree are problems of their own."""
    recorded: dict[str, FileEntry] = {}
    problems: dict[str, Problem] = {}
    for seal in made:
        now = {entry.path: entry for entry in seal.files}
        for path, entry in recorded.items():
            if path not in problems and now.get(path) != entry:
                problems[path] = Problem("changed", path, f"was changed or removed before the gate {seal.gate}.")
        recorded = {**now, **recorded}
    return {path: entry for path, entry in recorded.items() if path not in problems}, [*problems.values()]


def _strays(found: Iterable[Listed]) -> list[Problem]:
    """What lies between the seals and is none."""
    paths = [entry.path for entry in found if entry.kind == "file" and entry.path.startswith(f"{SEALS}/")]
    return [Problem("added", path, "is not a seal.") for path in paths if not is_link(path)]


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.kind)))
