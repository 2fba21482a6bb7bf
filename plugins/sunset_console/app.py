"""The console as a FastAPI application, and what becomes of a request that it cannot answer."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response, status
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from sunset.dossier.faults import Missing
from sunset.errors import SunsetError
from sunset_console import evidence_routes, routes
from sunset_console.access import SEES_THE_WEBSITE
from sunset_console.links import Links
from sunset_console.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASSETS: Mapping[str, str] = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}


def create_app() -> FastAPI:
    """The application. Every route of it asks Airflow who is there and what they may see."""
    app = FastAPI(
        title="Sunset console",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[SEES_THE_WEBSITE],
    )
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(SunsetError, _explain)
    app.include_router(routes.router)
    app.include_router(evidence_routes.router)
    app.get("/{asset}")(_asset)
    return app


def _asset(asset: str) -> Response:
    if asset not in _ASSETS:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such page.")
    content = files("sunset_console").joinpath("assets", asset).read_bytes()
    return Response(content, media_type=_ASSETS[asset], headers={"X-Content-Type-Options": "nosniff"})


def _answer(request: Request, error: Exception) -> Response:
    """Send browsers without a session to the login, and say everything else on a page."""
    assert isinstance(error, HTTPException)
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if error.status_code == status.HTTP_401_UNAUTHORIZED and wants_page:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(Links(request.scope.get("root_path", "")).login(here), status.HTTP_303_SEE_OTHER)
    return page(request, "refused", error.status_code, code=error.status_code, words=str(error.detail))


def _explain(request: Request, error: Exception) -> Response:
    """A store that does not answer or does not let us in is no fault of the page."""
    assert isinstance(error, SunsetError)
    code = status.HTTP_404_NOT_FOUND if isinstance(error, Missing) else status.HTTP_503_SERVICE_UNAVAILABLE
    return page(request, "trouble", code, error=error)
