"""Stores of dossier and archive that cannot be used: named, before anything is written."""

from __future__ import annotations

import json
import time

import pytest

from services.legacy import shop_spec
from services.object_store import ObjectStore
from services.other_user import as_an_ordinary_user
from services.places import Places
from services.retirement import Retirement
from sunset.errors import Deviation, Refusal, Unavailable

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("conn_id", ["", "store"])
def test_a_dossier_store_that_does_not_answer(places: Places, monkeypatch: pytest.MonkeyPatch, conn_id: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "an-access-key", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    extra = {"endpoint_url": "http://127.0.0.1:9"}
    aws = {"conn_type": "aws", "login": "an-access-key", "password": "a-secret-key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_STORE", json.dumps(aws))
    monkeypatch.setenv("SUNSET_DOSSIER_CONN_ID", conn_id)
    monkeypatch.setenv("SUNSET_DOSSIER", "s3://dossiers/all")
    began = time.monotonic()
    with places.untouched(), pytest.raises(Unavailable, match=r"s3://dossiers/all/shop/.*the store did not answer"):
        Retirement(shop_spec(places.folder), "rehearse").run("decide.record")
    assert time.monotonic() - began < 30


def test_a_dossier_folder_without_permission(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = places.folder / "dossiers"
    folder.mkdir()
    folder.chmod(0o555)
    run = Retirement(shop_spec(places.folder), "rehearse")
    with (
        as_an_ordinary_user(places.folder),
        pytest.raises(Refusal, match=r"the store refused: .*Permission denied") as error,
    ):
        run.run("decide.record")
    assert f"{folder}/shop/" in str(error.value)


def test_a_dossier_connection_that_airflow_does_not_know(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNSET_DOSSIER_CONN_ID", "nope")
    with pytest.raises(Refusal, match="connection 'nope': Airflow knows no connection of this id"):
        Retirement(shop_spec(places.folder), "rehearse").run("decide.record")


def test_an_archive_path_that_does_not_go_with_its_connection(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ARCHIVE_STORE", json.dumps({"conn_type": "aws"}))
    assert "archive: connection 'archive_store': is no folder, so it needs a URL" in str(places.refused())


def test_an_archive_folder_without_permission(places: Places) -> None:
    run = Retirement(shop_spec(places.folder), "rehearse")
    run.run_through("assess.shop.preflight")
    for path in places.folder.rglob("*"):
        path.chmod(0o555 if "archive" in path.parts else 0o777)
    refused = r"archive: .*the store refused: .*Permission denied"
    with as_an_ordinary_user(places.folder), pytest.raises(Deviation, match=refused):
        run.run("assess.shop.preflight")


def test_an_archive_bucket_that_does_not_exist(
    places: Places, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = {"endpoint_url": object_store.url}
    aws = {"conn_type": "aws", "login": object_store.access_key, "password": object_store.secret_key, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ARCHIVE_STORE", json.dumps(aws))
    error = places.refused(**{"path: /bags": "path: s3://no-such-bucket/bags"})
    assert "archive: s3://no-such-bucket/bags/shop" in str(error)
    assert "is not there" in str(error)


def test_a_reason_of_several_lines_finds_its_place_in_the_archive(places: Places) -> None:
    spec = shop_spec(
        places.folder, **{"{reason: Replaced by the new shop.}": '{reason: "Replaced\\nby the\\tnew shop."}'}
    )
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("close.verdict")
    info = next((places.folder / "archive").rglob("bag-info.txt")).read_text()
    assert "External-Description: Replaced by the new shop.\n" in info
