"""What the console knows of a product: its dates, its rehearsals, its runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sunset.dossier.rounds import Round, clean_streak, history
from sunset.errors import Refusal, SunsetError
from sunset.spec import Spec, load_folder
from sunset_console.links import DAG_PREFIX
from sunset_console.metadata import run_states
from sunset_console.records import RoundLine, SpecOutline
from sunset_console.runs import Outcome, RunLine, merge, outcome
from sunset_operators import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sunset_console.shelf import ProductShelf

_READERS = 8
_NOTHING = Outcome(None, None)


@dataclass(frozen=True, slots=True)
class Product:
    """One product.

    Attributes:
        product: its id.
        spec: its spec as it stands now, or as its newest run recorded it; None if neither can be read.
        runs: its runs, newest first.
        rounds: its rehearsals, oldest first.
        clean: number of clean rounds at the end of `rounds`, of the spec as it stands.
        last: what the newest run with a dossier recorded.
        trouble: why something of this cannot be read; empty if all can.
    """

    product: str
    spec: SpecOutline | None
    runs: tuple[RunLine, ...]
    rounds: tuple[Round, ...] = ()
    clean: int = 0
    last: Outcome = _NOTHING
    trouble: str = ""

    @property
    def dag_id(self) -> str:
        return f"{DAG_PREFIX}{self.product}"

    @property
    def title(self) -> str:
        return self.spec.title if self.spec else self.product

    @property
    def required(self) -> int:
        """How many clean rounds in a row an execution asks for."""
        return self.spec.rehearsal.clean_rounds_required if self.spec else 0


def product_of(dag_id: str) -> str | None:
    """The id of the product that a DAG would retire; None if its name is none of ours."""
    return dag_id.removeprefix(DAG_PREFIX) if dag_id.startswith(DAG_PREFIX) else None


def specs() -> dict[str, Spec]:
    """The specs of the deployment, by product."""
    return {spec.product: spec for spec in load_folder(settings.products()).specs}


def spec_of(product: str) -> Spec | None:
    """The spec of a product; None if it has none, or a broken one."""
    return next(iter(load_folder(settings.products(), only=product).specs), None)


def overview(
    products: Iterable[str], known: Mapping[str, Spec], places: Mapping[str, ProductShelf]
) -> tuple[Product, ...]:
    """All these products, each from its spec and its dossiers, if it has them."""
    with ThreadPoolExecutor(_READERS) as readers:
        return tuple(readers.map(lambda product: survey(product, known.get(product), places.get(product)), products))


def survey(product: str, spec: Spec | None, place: ProductShelf | None) -> Product:
    """One product; what cannot be read of it is said in `trouble`, so that it does not hide the others."""
    outline = SpecOutline.model_validate(spec.normalised()) if spec else None
    known = run_states(f"{DAG_PREFIX}{product}")
    seen = Product(product, outline, runs=merge((), known))
    if place is None:
        return seen
    try:
        seen = replace(seen, runs=merge(place.runs(), known))
        last = _last(place, seen.runs)
        outline = outline or (last.decision.spec if last.decision else None)
        seen = replace(seen, spec=outline, last=last)
        rounds = history(place.store)
        _require_form(rounds, place.store.uri)
        return replace(seen, rounds=rounds, clean=_clean(rounds, spec, last))
    except SunsetError as error:
        return replace(seen, trouble=str(error))


def _last(place: ProductShelf, runs: Iterable[RunLine]) -> Outcome:
    newest = next((run for run in runs if run.has_dossier), None)
    dossier = place.dossier(newest.folder) if newest else None
    return outcome(dossier) if dossier else _NOTHING


def _require_form(rounds: Iterable[Round], where: str) -> None:
    try:
        for made in rounds:
            RoundLine.model_validate(made, from_attributes=True)
    except ValueError as error:
        remedy = "Find out who wrote it; move the folder away to begin a new history."
        raise Refusal("A rehearsal is not recorded as Sunset does.", where=where, remedy=remedy) from error


def _clean(rounds: tuple[Round, ...], spec: Spec | None, last: Outcome) -> int:
    if spec:
        return clean_streak(rounds, spec.digest, spec.source_names)
    return clean_streak(rounds, last.decision.spec_digest, last.decision.sources) if last.decision else 0
