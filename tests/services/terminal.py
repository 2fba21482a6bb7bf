"""`sunset` at a terminal: a process of its own, with an Airflow home and connections of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from services.airflow_home import airflow_environment
from services.retirement import connection
from sunset.database.postgres.endpoint import Endpoint


@dataclass(frozen=True)
class Terminal:
    """A folder to work in, and the environment of the commands."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def at(cls, folder: Path, **endpoints: Endpoint) -> Terminal:
        """A terminal in this folder, with connections to these databases and an archive."""
        (folder / "archive").mkdir(exist_ok=True)
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SUNSET"))}
        archive = {"conn_type": "fs", "extra": {"path": str(folder / "archive")}}
        given = {name: connection(endpoint) for name, endpoint in endpoints.items()}
        given["archive_store"] = json.dumps(archive)
        return cls(
            folder,
            {
                **mine,
                **airflow_environment(folder / "airflow"),
                **{f"AIRFLOW_CONN_{name.upper()}": value for name, value in given.items()},
                "SUNSET_DOSSIER": (folder / "dossiers").as_uri(),
                "SUNSET_WORK": str(folder / "work"),
            },
        )

    def sunset(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `sunset` to its end."""
        return self.python("-m", "sunset.cli", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this interpreter to its end."""
        command = [sys.executable, "-W", "ignore", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
