"""The folders of a product: its runs, and what lies beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunset.dossier.faults import translated
from sunset.dossier.progress import PROGRESS
from sunset.dossier.rounds import ROUNDS

if TYPE_CHECKING:
    from sunset.dossier.store import Store

NO_RUNS = frozenset({ROUNDS, PROGRESS, "alarms", "plans", "lessons", "disposals", "holds", "watch"})
"""Folders beside the runs that hold no run."""


def folders(store: Store) -> tuple[str, ...]:
    """Names of the folders directly in a store, sorted. Links are none, wherever they lead."""
    root = store.root.rstrip("/")
    with translated(store.uri):
        store.fs.invalidate_cache(root)
        try:
            found = store.fs.ls(root, detail=True)
        except FileNotFoundError:
            return ()
    names = (entry["name"].rstrip("/").removeprefix(f"{root}/") for entry in found if entry["type"] == "directory")
    return tuple(sorted(name for name in names if "/" not in name and not name.startswith(".")))


def runs_with(product: Store, record: str) -> tuple[str, ...]:
    """Folders of the runs that hold a record: `runs_with(product, "cut_over/cutover")`."""
    runs = (name for name in folders(product) if name not in NO_RUNS)
    return tuple(name for name in runs if product.list(f"{name}/{record}."))
