"""Brings a folder back out of a dossier, or takes a folder that was only kept for a while away again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sunset.dossier.dossier import Dossier
from sunset.dossier.names import confined, safe_name
from sunset.dossier.trees import Tree, trees
from sunset.errors import Refusal


def fetch_tree(dossier: Dossier, stage: str, name: str, folder: Path) -> None:
    """Copy the newest version of a tree into a local folder, and check every file on the way.

    Raises:
        Refusal: there is no such tree, or a file is not what its manifest says.
    """
    versions = _versions(dossier, stage, name)
    if not versions:
        raise Refusal("is not in the dossier.", where=f"{stage}/{name}", remedy="Clear the task that writes it.")
    root = _root(versions[-1])
    for entry in versions[-1].files:
        _fetch(dossier, entry.path, entry.sha256, folder / entry.path.removeprefix(f"{root}/"))


def fetch_dossier(dossier: Dossier, folder: Path, left_out: Sequence[str]) -> None:
    """Copy a whole dossier into a local folder, without some stages and their seals.

    Raises:
        Refusal: a file changed while it was copied.
    """
    skipped = {safe_name(stage) for stage in left_out}
    for path in dossier.store.list():
        stage, _, name = path.partition("/")
        sealed_for = name.partition("-")[2].removesuffix(".json") if stage == "seals" else stage
        if sealed_for not in skipped:
            _fetch(dossier, path, dossier.store.sha256(path), folder / path)


def remove_trees(dossier: Dossier, stage: str, name: str) -> None:
    """Remove all versions of a tree with their manifests; only for what no seal will ever cover."""
    for tree in _versions(dossier, stage, name):
        dossier.store.delete_tree(_root(tree))
        dossier.store.delete_tree(f"{_root(tree)}.files.json")


def _versions(dossier: Dossier, stage: str, name: str) -> list[Tree]:
    found = trees(dossier.store, dossier.store.list(f"{safe_name(stage)}/{safe_name(name)}."))
    return sorted(found, key=lambda tree: tree.number)


def _root(tree: Tree) -> str:
    return f"{tree.stem}.{tree.number}"


def _fetch(dossier: Dossier, path: str, sha256: str, local: Path) -> None:
    confined(path)  # before anything local is opened: a manifest may have been tampered with
    local.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with local.open("wb") as file:
        for chunk in dossier.store.chunks(path):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != sha256:
        raise Refusal(
            "is not the file that was stored: its SHA-256 differs from the manifest's.",
            where=path,
            remedy="The store or somebody changed it: clear the task that writes it, and find out why.",
        )
