"""Pairs of equal databases, to be damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from validation_pair import LEGACY, Pair, facts_of, run_sql

from sunset.database.postgres.endpoint import Endpoint


@pytest.fixture
def make_pair(make_database: Callable[..., Endpoint], tmp_path: Path) -> Callable[[str], Pair]:
    def make(script: str) -> Pair:
        source, target = make_database("source"), make_database("target")
        run_sql(source, script)
        run_sql(target, script)
        return Pair(source, target, facts_of(source), tmp_path)

    return make


@pytest.fixture
def pair(make_pair: Callable[[str], Pair]) -> Pair:
    return make_pair(LEGACY.read_text(encoding="utf-8"))
