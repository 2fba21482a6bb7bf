"""REST APIs that nobody here wrote, each a process of its own over data whose truth is known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from demo.ports import free_port

DATASETTE = "datasette==0.65.2"
JSON_SERVER = "json-server@0.17.4"


@contextmanager
def datasette(database: Path, folder: Path) -> Iterator[str]:
    """datasette over a SQLite file, in a virtual environment of its own: its pages name the next one's address."""
    environment = folder / "datasette"
    for command in (
        ["venv", "-q", str(environment)],
        ["pip", "install", "-q", "--python", f"{environment}/bin/python"],
    ):
        wanted = [DATASETTE] if command[0] == "pip" else []
        subprocess.run([sys.executable, "-m", "uv", *command, *wanted], check=True, capture_output=True)
    port = free_port()
    with _running([f"{environment}/bin/datasette", "serve", str(database), "-p", str(port)], {}, port) as address:
        yield address


@contextmanager
def json_server(collections: Mapping[str, Sequence[object]], folder: Path) -> Iterator[str]:
    """json-server over a JSON file: pages by number, with a Link header."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    subprocess.run(["npm", "install", "--silent", JSON_SERVER], cwd=folder, check=True, capture_output=True)
    (folder / "db.json").write_text(json.dumps(collections))
    port = free_port()
    program = folder / "node_modules" / ".bin" / "json-server"
    with _running([str(program), "--port", str(port), str(folder / "db.json")], {}, port) as address:
        yield address


@contextmanager
def airflow_api(home: Path) -> Iterator[str]:
    """Airflow's own REST API over an initialised AIRFLOW_HOME: offset, limit and a total."""
    port = free_port()
    settings = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True"}
    command = [sys.executable, "-m", "airflow", "api-server", "--port", str(port), "--workers", "1"]
    with _running(command, settings, port) as address:
        yield address


@contextmanager
def _running(command: Sequence[str], settings: Mapping[str, str], port: int) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 90
        while not _answers(address):
            assert process.poll() is None, f"{command[0]} ended with status {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} does not answer"
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        httpx.get(address)
    except httpx.TransportError:
        return False
    return True
