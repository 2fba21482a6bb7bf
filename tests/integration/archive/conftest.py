"""Bags are tested on a local disk and on S3."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from sunset.dossier.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from services.object_store import ObjectStore


@pytest.fixture
def s3_options(object_store: ObjectStore) -> dict[str, Any]:
    client = {"endpoint_url": object_store.url}
    return {"key": object_store.access_key, "secret": object_store.secret_key, "client_kwargs": client}


@pytest.fixture
def local_store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "archive" / "crm" / "run 1"))


@pytest.fixture
def s3_store(s3_options: dict[str, Any]) -> Store:
    bucket = f"bucket-{uuid.uuid4().hex}"
    store = open_store(f"s3://{bucket}/archive/crm/run 1", s3_options)
    store.fs.mkdir(bucket)
    return store


@pytest.fixture(params=["local", "s3"])
def destination(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue(f"{request.param}_store")
