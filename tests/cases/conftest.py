"""Databases for the cases, filled from `inputs/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.places import Places
from services.retirement import connections
from services.samples import run_psql
from sunset.database.postgres.endpoint import Endpoint

INPUTS = Path(__file__).with_name("inputs")


@pytest.fixture
def loaded(make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path) -> Iterator[Callable[[str], Places]]:
    """`loaded("names.sql")`: a source with that input, an empty target, and connections that lead there."""
    source, target = make_database("case"), make_database("target")

    def load(name: str) -> Places:
        run_psql(source, (INPUTS / name).read_text(encoding="utf-8"))
        return Places(source, target, pg_server.endpoint, tmp_path)

    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=pg_server.endpoint):
        yield load
