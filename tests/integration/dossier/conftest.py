"""Every test of a store runs on a local disk and on S3."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from sunset.dossier.dossier import Dossier
from sunset.dossier.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from services.object_store import ObjectStore


def storage_options(store: ObjectStore) -> dict[str, Any]:
    return {"key": store.access_key, "secret": store.secret_key, "client_kwargs": {"endpoint_url": store.url}}


@pytest.fixture
def local_store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


@pytest.fixture
def s3_store(object_store: ObjectStore) -> Store:
    bucket = f"bucket-{uuid.uuid4().hex}"
    store = open_store(f"s3://{bucket}/dossiers/crm", storage_options(object_store))
    store.fs.mkdir(bucket)
    return store


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
def dossier(store: Store) -> Dossier:
    return Dossier(store)
