"""The console as Airflow serves it: mounted by the plugin, behind Airflow's own login, over dossiers made here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.evidence import Evidence
from sunset.dossier.store import open_store

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

Browse = Callable[..., "TestClient"]


@pytest.fixture(scope="session")
def airflow_app(airflow_home: Path) -> FastAPI:
    from airflow.api_fastapi.app import create_app

    return create_app()


@pytest.fixture
def browse(airflow_app: FastAPI) -> Browse:
    """`browse()` is a reader with a session, `browse(None)` somebody without one."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from fastapi.testclient import TestClient

    def client(user: str | None = "reader", role: str = "viewer") -> TestClient:
        made = TestClient(airflow_app, follow_redirects=False)
        if user is not None:
            made.cookies.set("_token", get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=user, role=role)))
        return made

    return client


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """The deployment's store of dossiers, empty, and a folder for specs beside it."""
    monkeypatch.setenv("SUNSET_DOSSIER", (tmp_path / "dossiers").as_uri())
    monkeypatch.setenv("SUNSET_PRODUCTS", str(tmp_path / "products"))
    monkeypatch.delenv("SUNSET_DOSSIER_CONN_ID", raising=False)
    (tmp_path / "products").mkdir()
    return Evidence(open_store(str(tmp_path / "dossiers")))


@pytest.fixture
def run(shelf: Evidence) -> Evidence:
    """A shelf with one run of the product `shop`: decided, planned, sealed for its first gate."""
    shelf.decide()
    shelf.plan()
    shelf.seal("approve")
    return shelf
