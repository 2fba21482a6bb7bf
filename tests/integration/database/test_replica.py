"""Reading from a physical replica: nothing stale, nothing of another server, sequences exact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.databases import Databases
from services.legacy import fill, shop_spec
from services.places import run_sql
from services.replica import replica_of
from services.retirement import Retirement, connection, connections
from sunset.database.postgres import replica
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation, Refusal, Unavailable

pytestmark = pytest.mark.integration

READS = {"sandbox_conn_id: sandbox_db": "sandbox_conn_id: sandbox_db, read_conn_id: replica_db"}


@pytest.fixture(scope="module")
def standby(own_server: Any) -> Iterator[Endpoint]:
    with replica_of(own_server.endpoint) as endpoint:
        yield endpoint


@pytest.fixture
def shop(own_server: Any, standby: Endpoint, pg_server: Any, tmp_path: Path) -> Iterator[tuple[Endpoint, Endpoint]]:
    """The source and its database on the replica, with the connections of the spec."""
    sources, targets = Databases(own_server.endpoint), Databases(pg_server.endpoint)
    source, target = sources.make("shop"), targets.make("target")
    fill(source)
    reads = standby.on(source.database)
    replica.catch_up(own_server.endpoint, standby, "tests")
    named = {"shop_db": source, "replica_db": reads, "target_db": target, "sandbox_db": pg_server.endpoint}
    with connections(tmp_path, **named):
        yield source, reads
    sources.drop_all()
    targets.drop_all()


def run_of(tmp_path: Path, mode: str, **more: Any) -> Retirement:
    return Retirement(shop_spec(tmp_path, **READS), mode, **more)


def answer(database: Endpoint, query: str) -> Any:
    with connect(database, "tests") as link:
        return link.execute(query.encode()).fetchone()[0]  # type: ignore[index]


def findings(tmp_path: Path) -> dict[str, str]:
    run = run_of(tmp_path, "dry_run")
    run.run_through("discover.shop.catalogue")
    with suppress(Deviation):
        run.run("assess.shop.preflight")
    record = run.dossier.latest("assess", "shop")
    assert record is not None
    return {finding["code"]: finding["severity"] for finding in record["findings"]}


READ = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'orders'"


def test_rows_come_from_the_replica_and_sequences_from_the_source(shop: Any, tmp_path: Path) -> None:
    source, reads = shop
    time.sleep(1.5)  # until the server has counted the filling
    before = answer(source, READ)
    run_of(tmp_path, "rehearse", run_id="first").run_through("rehearse.record_round")
    assert answer(reads, READ) > 1000
    assert answer(source, READ) == before

    run = run_of(tmp_path, "execute")
    run.run_through("close.verdict")
    facts = run.dossier.latest("migrate", "shop-source-facts")
    assert facts is not None
    [ticket] = [each for each in facts["sequences"] if each["sequence"] == "shop.ticket"]
    assert (ticket["next_value"], answer(reads, "SELECT last_value FROM shop.ticket") > 505) == (510, True)


def test_the_freeze_waits_for_a_replica_that_is_behind(shop: Any, tmp_path: Path, monkeypatch: Any) -> None:
    source, reads = shop
    run_of(tmp_path, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = run_of(tmp_path, "execute")
    run.run_through("approve.read_answer")
    run_sql(reads, "SELECT pg_wal_replay_pause()")
    run_sql(source, "INSERT INTO shop.clicks VALUES ('late', 7)")
    monkeypatch.setattr(replica, "catch_up", partial(replica.catch_up, patience=0.3))
    with pytest.raises(Unavailable, match=r"the replica is still [0-9]+ bytes behind the source, after 0 seconds"):
        run.run("freeze.shop.freeze")
    assert findings(tmp_path)["replica_lag"] == "warning"
    run_sql(reads, "SELECT pg_wal_replay_resume()")
    monkeypatch.undo()
    run.run_through("close.verdict", "freeze.shop.freeze")
    plan = run.dossier.latest("migrate", "shop-source-facts")
    assert plan is not None
    assert {fact["table"]: fact["rows"] for fact in plan["tables"]}["shop.clicks"] == 31


def test_a_server_that_is_no_replica_of_the_source(
    shop: Any, pg_server: Any, standby: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, _ = shop
    for stranger in (pg_server.endpoint, source.on("postgres"), standby):
        monkeypatch.setenv("AIRFLOW_CONN_REPLICA_DB", connection(stranger))
        assert findings(tmp_path)["not_a_replica"] == "error"
        with pytest.raises(Refusal, match="is no physical replica of the source"):
            replica.catch_up(source, stranger, "tests")


def test_what_a_replica_does_not_have(shop: Any, standby: Endpoint, tmp_path: Path) -> None:
    source, _ = shop
    run_sql(source, "CREATE UNLOGGED TABLE shop.fast (n int)")
    replica.catch_up(source, replace(standby, database=source.database), "tests")
    assert findings(tmp_path)["unlogged_on_replica"] == "error"
