"""Connections that are cut, or that stand and pass nothing on: an error in time, and a next try that makes it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from services.cut_proxy import Fault, proxied
from services.kept import Scene
from services.leftovers import assert_nothing_left
from services.places import same_content
from services.retirement import connection
from services.trying import retried
from sunset.errors import Unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]

# The step, whose connections break, and after how many bytes.
BREAKS = [
    ("migrate.shop.prepare", "source", 20_000),
    ("migrate.shop.prepare", "target", 10_000),
    ("migrate.shop.copy", "source", 2_000),
    ("migrate.shop.copy", "source", 1_000_000),
    ("migrate.shop.copy", "target", 2_000),
    ("migrate.shop.copy", "target", 1_000_000),
    ("migrate.shop.complete", "target", 4_000),
    ("rehearse.shop.prepare", "source", 20_000),
    ("rehearse.shop.copy", "source", 1_000_000),
    ("rehearse.shop.copy", "sandbox", 1_000_000),
    ("rehearse.shop.complete", "sandbox", 4_000),
]
NAMES = {"source": "shop_db", "target": "target_db", "sandbox": "sandbox_db"}


@pytest.mark.parametrize("fault", ["cut", "stall"])
@pytest.mark.parametrize(("task_id", "side", "limit"), BREAKS)
def test_a_connection_breaks(
    run_before: Callable[[str], Scene],
    monkeypatch: pytest.MonkeyPatch,
    task_id: str,
    side: str,
    limit: int,
    fault: str,
) -> None:
    scene, stage = run_before(task_id), task_id.partition(".")[0]
    ends = {"source": scene.source, "target": scene.target, "sandbox": scene.places.server}
    monkeypatch.setenv("SUNSET_STALLED_AFTER", "1")
    with proxied(ends[side], cast("Fault", fault), limit) as (there, proxy):
        monkeypatch.setenv(f"AIRFLOW_CONN_{NAMES[side].upper()}", connection(there))
        proxy.times = 1
        with pytest.raises(Unavailable):
            scene.run.run(task_id)
        assert proxy.broken == 1
        retried(scene.run, task_id)
        scene.run.run_through(f"{stage}.shop.complete", start=task_id)
    monkeypatch.setenv(f"AIRFLOW_CONN_{NAMES[side].upper()}", connection(ends[side]))
    if stage == "migrate":
        scene.run.run_through("cut_over.record", start="validate.shop.source_stood_still")
        assert same_content(scene.source, scene.target, "shop.tmp_import")
    else:
        scene.run.run_through("rehearse.record_round", start="rehearse.shop.validate")
    assert_nothing_left(scene.places.server, scene.target, scene.folder / "work")
