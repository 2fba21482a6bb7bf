"""DR-06: 1,500 tables in one source, more than Airflow maps tasks over: all of them arrive, in few tasks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.configuration import conf

from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement, approval
from services.scheduling import go_on
from sunset.database.postgres.endpoint import connect

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TABLES = 1500
MAPPED = {"schemas: [shop]": "schemas: [many]", "select sum(amount) from shop.orders": "select id from many.t1500"}


def test_1500_tables_in_one_run(loaded: Callable[[str], Places], tmp_path: Path) -> None:
    assert conf.getint("core", "max_map_length") == 1024
    places = loaded("many_tables.sql")
    spec = shop_spec(tmp_path, **MAPPED)
    began = time.monotonic()
    first = Retirement(spec, "rehearse", run_id="first")
    assert go_on(first) == {}
    print(f"rehearsal of {TABLES} tables: {time.monotonic() - began:.0f} s")
    run = Retirement(spec, "execute")
    run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
    assert go_on(run) == {}

    verdict = run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert (verdict["tables"], verdict["checksums_equal"], verdict["rows"]) == (TABLES, TABLES, TABLES)
    assert sum_of_ids(places) == TABLES * (TABLES + 1) // 2
    assert len(first.xcom["rehearse.shop.prepare"]) == 1
    assert len(run.xcom["migrate.shop.prepare"]) <= 64
    for task, result in [*first.xcom.items(), *run.xcom.items()]:
        assert len(json.dumps(result, default=str)) < 48 * 1024, task


def sum_of_ids(places: Places) -> int:
    query = " UNION ALL ".join(f"SELECT id FROM many.t{number}" for number in range(1, TABLES + 1))
    with connect(places.target, "tests") as link:
        return int(link.execute(f"SELECT sum(id) FROM ({query}) AS q").fetchone()[0])  # type: ignore[index]
