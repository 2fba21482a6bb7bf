"""What Airflow registers, and what it costs the processes that show no pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.browsing import Browse
from services.evidence import Evidence

pytestmark = pytest.mark.integration

_LOAD = """
import json, sys
from airflow.plugins_manager import AirflowPlugin, ensure_plugins_loaded, get_plugin_info
before = set(sys.modules)
ensure_plugins_loaded()
views = [plugin["external_views"] for plugin in get_plugin_info() if plugin["name"] == "sunset"]
loaded = sorted(set(sys.modules) - before)
print("\\n" + json.dumps({"loaded": loaded, "views": views}))
"""


def load_plugins(home: Path, **settings: str) -> dict:
    env = {**os.environ, "AIRFLOW_HOME": str(home), **settings}
    done = subprocess.run([sys.executable, "-c", _LOAD], env=env, capture_output=True, text=True, check=True, cwd=home)
    return json.loads(done.stdout.splitlines()[-1])


def test_loading_the_plugin_imports_nothing_heavy(airflow_home: Path) -> None:
    loaded = load_plugins(airflow_home)["loaded"]
    assert "sunset_plugin" in loaded
    ours = {name for name in loaded if name.startswith("sunset")}
    assert ours == {"sunset_plugin", "sunset_console", "sunset_console.registration", "sunset_console.links"}
    heavy = {"fastapi", "starlette", "jinja2", "fsspec", "s3fs", "psycopg", "airflow.api_fastapi", "airflow.models.dag"}
    assert not heavy & set(loaded)


def test_the_ui_leads_to_the_console(airflow_home: Path) -> None:
    (views,) = load_plugins(airflow_home)["views"]
    assert [(view["destination"], view["url_route"]) for view in views] == [
        ("nav", "sunset"),
        ("dag", "sunset_dag"),
        ("dag_run", "sunset_run"),
    ]
    assert views[2]["href"] == "/sunset/dags/{DAG_ID}/run?id={RUN_ID}"


def test_the_ui_leads_to_the_console_below_a_path(airflow_home: Path) -> None:
    (views,) = load_plugins(airflow_home, AIRFLOW__API__BASE_URL="https://example.com/airflow")["views"]
    assert {view["href"].partition("/sunset")[0] for view in views} == {"/airflow"}


def test_every_address_stays_below_the_path_of_airflow(run: Evidence, airflow_app: object, browse: Browse) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    below = FastAPI(root_path="/airflow")
    below.mount("/sunset", next(route.app for route in airflow_app.routes if getattr(route, "path", "") == "/sunset"))
    client = TestClient(below, cookies=dict(browse().cookies), follow_redirects=False)
    for url in ("/sunset/", run.dag_url, run.url, f"{run.url}/verify", run.view("plan/plan.1.html")):
        answer = client.get(f"/airflow{url}")
        assert answer.status_code == 200, answer.text
        html = answer.text
        addresses = re.findall(r'(?:src|href|action)="([^"]+)"', html)
        assert addresses
        assert all(address.startswith("/airflow/") for address in addresses), addresses
    assert client.get(f"/airflow{run.dag_url}/run?id=x").headers["location"].startswith("/airflow/sunset/")


def test_airflow_serves_the_consoles_own_files(airflow_app: object, browse: Browse) -> None:
    for name, media_type in (("console.css", "text/css"), ("console.js", "text/javascript"), ("icon.svg", "image/svg")):
        answer = browse().get(f"/sunset/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
