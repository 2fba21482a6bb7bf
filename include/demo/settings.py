"""The environment of the demo's Airflow: settings, connections and what Sunset itself reads."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from demo.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.cast import Cast
    from demo.databases import DemoDatabases
    from demo.home import DemoHome
    from sunset.database.postgres.endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = ROOT / "include" / "products"
METADATA = "airflow"
"""Name of Airflow's own database."""


@dataclass(frozen=True, slots=True)
class Places:
    """What the demo leaves to look at, all below its home."""

    airflow: Path
    dossiers: Path
    archive: Path
    work: Path
    logs: Path

    @classmethod
    def below(cls, home: DemoHome) -> Places:
        """Make the folders."""
        return cls(*(home.subfolder(name) for name in ("airflow", "dossiers", "archive", "work", "logs")))


def airflow_environment(
    port: int, databases: DemoDatabases, cast: Cast, places: Places, services: Mapping[str, Mapping[str, object]]
) -> dict[str, str]:
    """The whole environment of Airflow's processes, with nothing of an Airflow that the machine may have.

    Args:
        port: where Airflow's API server will listen.
        databases: the products' databases, and Airflow's own.
        cast: the users.
        places: folders.
        services: the fields of further connections, by connection id.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SUNSET_"))}
    connections: dict[str, Mapping[str, object]] = {
        **{conn_id: postgres_connection(endpoint) for conn_id, endpoint in databases.connections.items()},
        **services,
    }
    connections["archive_store"] = {"conn_type": "fs", "extra": {"path": str(places.archive)}}
    return {
        **inherited,
        **_airflow(port, databases.server.on(METADATA), cast, places),
        **{f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(value) for conn_id, value in connections.items()},
        "SUNSET_DOSSIER": places.dossiers.as_uri(),
        "SUNSET_PRODUCTS": str(PRODUCTS),
        "SUNSET_WORK": str(places.work),
        "GX_ANALYTICS_ENABLED": "False",
        "NO_PROXY": f"{LOOPBACK},localhost",
        "no_proxy": f"{LOOPBACK},localhost",
    }


def _airflow(port: int, metadata: Endpoint, cast: Cast, places: Places) -> dict[str, str]:
    address = f"http://{LOOPBACK}:{port}"
    settings = {
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": cast.setting,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(places.airflow / "passwords.json"),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "6",
        "CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "API__BASE_URL": address,
        "API__HOST": LOOPBACK,
        "API__PORT": str(port),
        "API__INSTANCE_NAME": "Sunset",
        "API__SECRET_KEY": secrets.token_urlsafe(32),
        "API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        "DATABASE__SQL_ALCHEMY_CONN": _sqlalchemy(metadata),
        "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",  # the answers to gates wait for two of them
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "LOGGING__BASE_LOG_FOLDER": str(places.logs / "tasks"),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    named = {f"AIRFLOW__{name}": value for name, value in settings.items()}
    return {"AIRFLOW_HOME": str(places.airflow), **named}


def postgres_connection(endpoint: Endpoint) -> dict[str, object]:
    """An endpoint as the fields of an Airflow connection."""
    return {
        "conn_type": "postgres",
        "host": endpoint.host,
        "port": endpoint.port,
        "login": endpoint.user,
        "password": endpoint.password,
        "schema": endpoint.database,
    }


def _sqlalchemy(endpoint: Endpoint) -> str:
    login = f"{quote(endpoint.user, safe='')}:{quote(endpoint.password, safe='')}"
    return f"postgresql+psycopg2://{login}@{endpoint.host}:{endpoint.port}/{endpoint.database}"
