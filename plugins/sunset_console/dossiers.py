"""The dossier that a URL names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, HTTPException, status

from sunset_console.products import product_of
from sunset_console.shelf import ProductShelf, Shelf
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Named:
    """What the URL of a run leads to.

    Attributes:
        dag_id: the DAG.
        folder: name of the run's folder on the shelf.
        shelf: the shelf of the product.
        dossier: the dossier of the run.
    """

    dag_id: str
    folder: str
    shelf: ProductShelf
    dossier: Dossier


def named(dag_id: str, run: str) -> Named:
    """The dossier of a run, by the run's id or its folder.

    Raises:
        HTTPException: 404, there is none.
    """
    shelf = Shelf.open().products().get(product_of(dag_id) or "")
    dossier = shelf.dossier(run) if shelf else None
    if shelf is None or dossier is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "This run has left no evidence, or not yet.")
    return Named(dag_id, run_folder(run), shelf, dossier)


NamedRun = Annotated[Named, Depends(named)]
