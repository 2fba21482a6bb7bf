"""Where the dossiers stand. What a URL names is looked for among what is listed, and never made into a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.dossier.dossier import Dossier
from sunset.dossier.runs import NO_RUNS, folders
from sunset_operators.connections import dossiers
from sunset_operators.stage_run import run_folder
from sunset_operators.vault import TRIALS

if TYPE_CHECKING:
    from sunset.dossier.store import Store

_NO_RUNS = NO_RUNS | {TRIALS, "api-pages", "transfers"}


@dataclass(frozen=True, slots=True)
class ProductShelf:
    """The dossiers of one product, in the folder `store`."""

    product: str
    store: Store

    def runs(self) -> tuple[str, ...]:
        """Names of the folders of all runs."""
        return tuple(name for name in folders(self.store) if name not in _NO_RUNS)

    def dossier(self, run: str) -> Dossier | None:
        """The dossier of a run, by its id or the name of its folder; None if there is none."""
        folder = run_folder(run)
        return Dossier(self.store.child(folder)) if folder in self.runs() else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The dossiers of all products."""

    store: Store

    @classmethod
    def open(cls) -> Shelf:
        """The store that the deployment is set to.

        Raises:
            Refusal: the store or its connection is not there, or does not let us in.
            Unavailable: the store does not answer.
        """
        return cls(dossiers())

    def products(self) -> dict[str, ProductShelf]:
        """All products with a dossier, by id."""
        return {product: ProductShelf(product, self.store.child(product)) for product in folders(self.store)}
