"""Servers for file trees: one of each for a test process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from services.object_store import ObjectStore, rclone_store
from services.retirement import connections
from services.ssh_server import SshServer, ssh_server


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def other_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """An S3 server of another maker."""
    with rclone_store(tmp_path_factory.mktemp("rclone")) as store:
        yield store
