"""The pages of products and of runs."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request, Response, status
from fastapi.responses import RedirectResponse

from sunset.reports.trend import trend
from sunset_console.access import READS_THE_RUNS, User, may_see_questions, readable
from sunset_console.dossiers import NamedRun
from sunset_console.links import Links
from sunset_console.products import overview, product_of, spec_of, specs, survey
from sunset_console.rendering import page
from sunset_console.run_page import look
from sunset_console.shelf import Shelf
from sunset_operators.stage_run import run_folder

router = APIRouter()


@router.get("/")
def products(request: Request, user: User) -> Response:
    """Every product with a spec or a dossier that the user may read."""
    shelf, known = Shelf.open(), specs()
    places = shelf.products()
    found = overview(readable({*places, *known}, user), known, places)
    return page(request, "products", products=found, trend=trend, store=shelf.store.uri, now=datetime.now(UTC))


@router.get("/dags/{dag_id}", dependencies=[READS_THE_RUNS])
def product(request: Request, dag_id: str) -> Response:
    """One product: its dates, its rehearsals, its runs."""
    name = product_of(dag_id)
    spec = spec_of(name) if name else None
    place = Shelf.open().products().get(name or "")
    if name is None or (spec is None and place is None):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "This DAG retires no product, so there is no evidence to show.")
    found = survey(name, spec, place)
    return page(request, "product", product=found, trend=trend(found.rounds))


@router.get("/dags/{dag_id}/run", dependencies=[READS_THE_RUNS])
def find_run(request: Request, dag_id: str, id: str) -> Response:  # noqa: A002 - the name in the URL
    """Lead from a run's id to its page."""
    links = Links(request.scope.get("root_path", ""))
    return RedirectResponse(links.run(dag_id, run_folder(id)), status.HTTP_303_SEE_OTHER)


@router.get("/dags/{dag_id}/runs/{run}", dependencies=[READS_THE_RUNS])
def run(request: Request, dag_id: str, named: NamedRun, user: User) -> Response:
    """One run: what each stage left, what was sealed, asked and answered, and the verdict."""
    return page(request, "run", run=look(named, with_questions=may_see_questions(dag_id, user)))
