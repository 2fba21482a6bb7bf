"""A schema that changes under a rehearsal's copy, when its snapshot is taken and the table not yet read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from services.kept import Scene
from services.leftovers import assert_nothing_left
from services.places import run_sql
from services.trying import retried
from sunset.database.postgres import copy as copying
from sunset.errors import SunsetError, Unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]

OTHERS = 31_633
"""Rows of the shop's other tables."""


@contextmanager
def before_the_unit(name: str, then: Callable[[], None]) -> Iterator[None]:
    """Do something when a unit is about to be copied, the first time."""
    patch, lock, waiting = pytest.MonkeyPatch(), copying.transaction_lock, [then]

    def wait(connection: psycopg.Connection[Any], key: str) -> None:
        if key.endswith(name) and waiting:
            waiting.pop()()
        lock(connection, key)

    patch.setattr(copying, "transaction_lock", wait)
    yield
    patch.undo()
    assert not waiting


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ("TRUNCATE shop.doubles", 0),
        ("TRUNCATE shop.doubles; INSERT INTO shop.doubles VALUES (1, 'new')", 1),
        ("UPDATE shop.doubles SET n = n + 1; VACUUM (FULL) shop.doubles", 15000),
    ],
)
def test_rows_that_the_snapshot_no_longer_has(run_before: Callable[[str], Scene], change: str, rows: int) -> None:
    scene = run_before("rehearse.shop.copy")
    with (
        before_the_unit("shop.doubles", lambda: run_sql(scene.source, *change.split("; "))),
        pytest.raises(Unavailable, match=r"shop\.doubles: was emptied or rewritten by somebody"),
    ):
        scene.run.run("rehearse.shop.copy")
    (pack,) = retried(scene.run, "rehearse.shop.copy")
    assert pack["rows"] == OTHERS + rows
    scene.run.run_through("rehearse.record_round", start="rehearse.shop.complete")
    assert_nothing_left(scene.places.server, scene.target)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE shop.doubles ALTER COLUMN n TYPE bigint", r"shop\.doubles: was emptied or rewritten"),
        ("ALTER TABLE shop.doubles RENAME COLUMN v TO w", r"shop\.doubles"),
        ("ALTER TABLE shop.doubles ADD COLUMN more int", r"shop\.doubles\.more"),
        ("DROP TABLE shop.doubles", r"shop\.doubles"),
        ("DROP TABLE shop.doubles; CREATE TABLE shop.doubles (n int, v text)", r"shop\.doubles"),
        ("CREATE TABLE shop.late (id int)", r"shop\.late"),
    ],
)
def test_a_schema_that_is_no_longer_the_target_s(run_before: Callable[[str], Scene], change: str, named: str) -> None:
    scene = run_before("rehearse.shop.copy")
    with (
        before_the_unit("shop.doubles", lambda: run_sql(scene.source, change)),
        pytest.raises(SunsetError, match=named),
    ):
        scene.run.run_through("rehearse.record_round", start="rehearse.shop.copy")
    assert not scene.run.dossier.latest("rehearse", "round")
