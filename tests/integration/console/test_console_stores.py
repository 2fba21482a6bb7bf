"""The console over other stores than a folder, and over none."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from services.browsing import Browse
from services.evidence import Evidence
from services.object_store import ObjectStore
from sunset.dossier.store import open_store

pytestmark = pytest.mark.integration


def connect(monkeypatch: pytest.MonkeyPatch, url: str, bucket: str, secret: str) -> None:
    """Set the deployment's dossier store to a bucket, through an Airflow connection of its own."""
    conn_id = f"dossiers_{uuid.uuid4().hex}"
    extra = {"endpoint_url": url, "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "test-access-key", "password": secret, "extra": extra}
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
    monkeypatch.setenv("SUNSET_DOSSIER", f"s3://{bucket}/dossiers")
    monkeypatch.setenv("SUNSET_DOSSIER_CONN_ID", conn_id)


@pytest.fixture
def on_s3(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Evidence:
    bucket = f"console-{uuid.uuid4().hex}"
    options = {"key": "k", "secret": "s", "client_kwargs": {"endpoint_url": object_store.url}}
    store = open_store(f"s3://{bucket}/dossiers", options)
    store.fs.mkdir(bucket)
    connect(monkeypatch, object_store.url, bucket, object_store.secret_key)
    monkeypatch.setenv("SUNSET_PRODUCTS", str(tmp_path))
    return Evidence(store)


def test_a_dossier_on_s3_is_shown_like_any_other(on_s3: Evidence, browse: Browse) -> None:
    on_s3.decide()
    on_s3.plan()
    on_s3.round(1)
    on_s3.close()
    client = browse()
    assert "Legacy shop" in client.get("/sunset/").text
    assert "clean" in client.get(on_s3.dag_url).text
    page = client.get(on_s3.url).text
    assert "held" in page
    assert on_s3.view("plan/plan.1.html") in page
    assert "as sealed for close" in client.get(on_s3.view("plan/plan.1.html")).text
    assert "What becomes of it" in client.get(on_s3.file("plan/plan.1.html")).text
    checked = client.post(f"{on_s3.url}/verify", headers={"sec-fetch-site": "same-origin"})
    assert "Everything holds." in checked.text
    assert client.get(f"{on_s3.dag_url}/runs/rounds").status_code == 404
    assert client.get(on_s3.file("../../other/decide/decision.1.json")).status_code == 404


def test_an_empty_bucket_holds_no_products(on_s3: Evidence, browse: Browse) -> None:
    assert "There is no product that you may see" in browse().get("/sunset/").text


def test_a_store_that_does_not_answer_becomes_a_page(
    shelf: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "http://127.0.0.1:9", "nowhere", "a-secret-nobody-sees")
    answer = browse().get("/sunset/")
    assert answer.status_code == 503
    assert "The dossiers cannot be read" in answer.text
    assert "s3://nowhere/dossiers" in answer.text
    assert "Traceback" not in answer.text
    assert "a-secret-nobody-sees" not in answer.text


def test_a_missing_connection_is_named(shelf: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNSET_DOSSIER_CONN_ID", "no_such_store")
    answer = browse().get("/sunset/")
    assert answer.status_code == 503
    assert "no_such_store" in answer.text
    assert "Airflow knows no connection of this id." in answer.text


def test_a_store_of_an_unknown_kind_is_named(shelf: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNSET_DOSSIER", "nope://bucket/dossiers")
    answer = browse().get("/sunset/")
    assert answer.status_code == 503
    assert "nope://bucket" in answer.text


def test_a_folder_that_is_a_file_is_named(
    shelf: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "dossiers").write_text("a file")
    assert browse().get("/sunset/").status_code in (200, 503)
    assert browse().get(shelf.url).status_code in (404, 503)


def test_without_a_folder_of_specs_dossiers_are_still_shown(run: Evidence, browse: Browse, tmp_path: Path) -> None:
    (tmp_path / "products").rmdir()
    assert "Legacy shop" in browse().get("/sunset/").text
    assert browse().get(run.dag_url).status_code == 200
