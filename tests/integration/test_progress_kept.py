"""The progress of a copy: beside the dossier while it runs, in the record of its pack when it is over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.kept import Scene
from sunset.dossier.progress import PROGRESS, read_progress
from sunset_operators.stage_run import StageRun, run_folder

pytestmark = pytest.mark.integration


def test_progress_is_kept(run_before: Callable[[str], Scene]) -> None:
    retirement = run_before("migrate.shop.copy").run
    retirement.run("migrate.shop.copy")
    run = StageRun.of(retirement.spec, retirement.context("migrate.shop.copy", 0))
    told = read_progress(run.product_store.child(PROGRESS).child(run_folder(run.run_id)))
    packs = run.evidence("migrate", "shop-units")["packs"]
    rows = 0
    for number, pack in enumerate(packs):
        state = told[f"migrate/shop-pack-{number}"]
        state.pop("at")
        record = run.evidence("migrate", f"shop-pack-{number}")
        assert state["unit"] == "shop"
        assert state["rows"] == sum(unit["fact"]["rows"] for unit in record["units"])
        assert record["copied"] == (state if state["bytes"] else None)
        assert len(record["units"]) == len(pack["units"])
        rows += state["rows"]
    assert rows > 0


def test_a_store_that_takes_no_progress_does_not_stop_the_copy(
    run_before: Callable[[str], Scene], caplog: pytest.LogCaptureFixture
) -> None:
    retirement = run_before("migrate.shop.copy").run
    run = StageRun.of(retirement.spec, retirement.context("migrate.shop.copy", 0))
    progress = run.product_store.child(PROGRESS).child(run_folder(run.run_id))
    progress.write_new("migrate", b"a file where a folder should be")
    retirement.run("migrate.shop.copy")
    assert "progress could not be kept" in caplog.text
    assert run.evidence("migrate", "shop-pack-0")["units"]
