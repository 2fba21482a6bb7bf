"""What a deployment sets, by environment; everything else stands in the specs and in Airflow Connections."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def products() -> Path:
    """SUNSET_PRODUCTS: the folder of the specs, or one spec; include/products by default."""
    return Path(os.environ.get("SUNSET_PRODUCTS") or REPOSITORY / "include" / "products")


def dossier_url() -> str:
    """SUNSET_DOSSIER: where the dossiers lie, any fsspec URL; a folder in AIRFLOW_HOME by default."""
    home = Path(os.environ.get("AIRFLOW_HOME") or "~/airflow").expanduser()
    return os.environ.get("SUNSET_DOSSIER") or (home / "dossiers").as_uri()


def dossier_conn_id() -> str | None:
    """SUNSET_DOSSIER_CONN_ID: the Airflow Connection of the dossier store, where it needs one."""
    return os.environ.get("SUNSET_DOSSIER_CONN_ID") or None


def notice_templates() -> Path | None:
    """SUNSET_TEMPLATES: a folder with notice templates of a team's own; Sunset's alone by default."""
    folder = os.environ.get("SUNSET_TEMPLATES")
    return Path(folder) if folder else None


def work_folder() -> Path:
    """SUNSET_WORK: a folder on the worker with room for a dump; the system's temporary folder by default."""
    folder = Path(os.environ.get("SUNSET_WORK") or tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    return folder
