"""A product's run through its real DAG, headless, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sunset.database.postgres.endpoint import Endpoint


def run_product(folder: Path, spec: str, source: Endpoint, target: Endpoint, mode: str) -> None:
    """Run a spec whose connections are `source_db`, `target_db`, `sandbox_db` and `archive_store`.

    Args:
        folder: keeps Airflow's home, the dossiers and the archive between runs.
        spec: text of the spec; `crm_owner` is its approver.
        source: the product's database.
        target: where it goes; sandboxes are made beside it.
        mode: `rehearse` or `execute`.

    Raises:
        RuntimeError: the run did not succeed.
    """
    (folder / "product.yaml").write_text(spec, encoding="utf-8")
    (folder / "archive").mkdir(exist_ok=True)
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SUNSET"))}
    places = {"SOURCE_DB": source, "TARGET_DB": target, "SANDBOX_DB": target.on("postgres")}
    environment = {
        **mine,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this benchmark, which is 64 bytes long for HS512 keys",
        "GX_ANALYTICS_ENABLED": "False",
        "SUNSET_DOSSIER": (folder / "dossiers").as_uri(),
        "SUNSET_WORK": str(folder / "work"),
        "AIRFLOW_CONN_ARCHIVE_STORE": json.dumps({"conn_type": "fs", "extra": {"path": str(folder / "archive")}}),
        **{f"AIRFLOW_CONN_{name}": _connection(place) for name, place in places.items()},
    }
    command = [sys.executable, "-W", "ignore", "-m", "sunset.cli", "run", "product.yaml", f"--mode={mode}"]
    command += ["--reason=measured", *(["--approve-as=crm_owner"] if mode == "execute" else [])]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout[-6000:] + done.stderr[-3000:])


def _connection(place: Endpoint) -> str:
    parts = {"host": place.host, "port": place.port, "login": place.user, "schema": place.database}
    return json.dumps({"conn_type": "postgres", **parts})
