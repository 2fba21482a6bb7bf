"""An Airflow of its own for each test process: no configuration of the machine leaks in, nothing leaks out."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USERS = ("crm_owner", "data_steward", "migration_op", "owner", "steward")
"""The people of the tests' specs, as Airflow knows them."""


def airflow_environment(home: Path) -> dict[str, str]:
    """The settings under which this checkout's DAGs and plugins load, without examples and without the network."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:admin" for user in USERS),
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret that only the tests share, 64 bytes long for HS512 keys",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "False",
    }


def enter(home: Path) -> None:
    """Replace every Airflow setting of this process. Call before anything imports airflow."""
    for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
        del os.environ[name]
    os.environ.update(airflow_environment(home))
