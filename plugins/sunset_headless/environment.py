"""The Airflow environment of a headless run. Set before Airflow is imported, which reads it once."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

from sunset.spec import Spec
from sunset_operators.settings import REPOSITORY


def enter(spec_file: Path, spec: Spec) -> None:
    """Point Airflow at this checkout and at one spec, with the spec's people as its users."""
    home = Path(os.environ.setdefault("AIRFLOW_HOME", str(Path("~/airflow").expanduser())))
    people = ",".join(f"{user}:admin" for user in spec.people)
    os.environ.update(
        {
            "SUNSET_PRODUCTS": str(spec_file.resolve()),
            "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": people,
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(home, spec)),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": _log_level(),
        }
    )


def _log_level() -> str:
    """The level asked for, but never DEBUG: there Airflow's in-process runner prints the secrets that it masks."""
    asked = os.environ.get("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR").upper()
    return "INFO" if asked in ("DEBUG", "NOTSET") else asked


def _passwords(home: Path, spec: Spec) -> Path:
    """Passwords that nobody needs: without such a file Airflow makes them up and prints them."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "headless_passwords.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({user: secrets.token_urlsafe(24) for user in spec.people}))
    return path


def migrate() -> None:
    """Make or update Airflow's metadata database.

    Raises:
        subprocess.CalledProcessError: Airflow could not; its words are on stderr.
    """
    command = [sys.executable, "-W", "ignore", "-m", "airflow", "db", "migrate"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
