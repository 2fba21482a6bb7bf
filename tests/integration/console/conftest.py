"""The console as Airflow serves it: mounted by the plugin, behind Airflow's own login, over dossiers made here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.browsing import Browse
from services.evidence import Evidence
from sunset.dossier.store import open_store

if TYPE_CHECKING:
    from fastapi import FastAPI


@pytest.fixture(scope="session")
def airflow_app(airflow_home: Path) -> FastAPI:
    from airflow.api_fastapi.app import create_app

    return create_app()


@pytest.fixture
def browse(airflow_app: FastAPI) -> Browse:
    return Browse(airflow_app)


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
