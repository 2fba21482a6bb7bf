"""Collections of a REST API carried through the whole DAG, in all modes, by the real operators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api import api_server, api_spec
from services.places import rows
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Deviation, Refusal

pytestmark = pytest.mark.integration

NUMBERS = (
    "{name: numbers, conn_id: api, endpoint: /a5, items: items, id: id, sandbox_conn_id: sandbox_db, "
    "pagination: {kind: cursor, param: page, next: next_page}, to: {conn_id: target_db, table: api.numbers}}"
)
TICKETS = (
    "{name: tickets, conn_id: api_oauth, endpoint: a6, items: items, id: id, sandbox_conn_id: sandbox_db, "
    "pagination: {kind: cursor, param: page, next: next_page}, to: {conn_id: target_db, table: tickets.all}}"
)
MOVING = (
    "{name: moving, conn_id: api, endpoint: /a7, items: items, id: id, sandbox_conn_id: sandbox_db, "
    "pagination: {kind: offset, limit: 2, total: total}, to: {conn_id: target_db, table: moving.rows}}"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with api_server() as address:
        yield address


@pytest.fixture
def target(
    server: str, make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Endpoint]:
    httpx.get(f"{server}/reset")
    port = int(server.rpartition(":")[2])
    plain = {"conn_type": "http", "host": "127.0.0.1", "port": port, "extra": {"params": {"api_key": "K3y-in-query"}}}
    oauth = {"conn_type": "http", "host": "127.0.0.1", "port": port, "login": "client", "password": "cl1ent-s3cret"}
    monkeypatch.setenv("AIRFLOW_CONN_API", json.dumps(plain))
    monkeypatch.setenv("AIRFLOW_CONN_API_OAUTH", json.dumps({**oauth, "extra": {"token_url": f"{server}/token"}}))
    database = make_database("target")
    with connections(tmp_path, target_db=database, sandbox_db=pg_server.endpoint):
        yield database


def test_two_collections_are_retired(target: Endpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    spec = api_spec(tmp_path, NUMBERS, TICKETS)
    Retirement(spec, "dry_run", run_id="dry").run_through("plan.write")
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("close.verdict")

    assert rows(target, "SELECT id::text, n::text, amt::text FROM api.numbers ORDER BY numbers.id") == [
        ("9007199254740992", "9007199254740993", "100"),
        ("9007199254740993", None, "12345678901234567.89"),
        ("9223372036854775807", "5", "0.1"),
        ("18446744073709551615", "-1", "100.00"),
    ]
    types = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attnum > 0 AND attrelid = %s"
    assert rows(target, types % "'api.numbers'::regclass") == [("id", "numeric"), ("n", "bigint"), ("amt", "numeric")]
    assert rows(target, "SELECT array_agg(id ORDER BY id) FROM tickets.all") == [(list(range(1, 11)),)]
    pages = sorted(path.name for path in (tmp_path / "archive").rglob("data/tickets/pages/*"))
    assert pages == ["export.json", "part-000001.jsonl.gz"]
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "shop.yaml"]
    for secret in ("K3y-in-query", "cl1ent-s3cret", "tok1"):
        assert secret not in caplog.text
        assert not any(secret.encode() in content for content in written)


def test_rows_that_move_are_no_success(target: Endpoint, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"moving: the server claims 6 items, and 5 came \(1 of them twice\)"):
        Retirement(api_spec(tmp_path, MOVING), "rehearse").run_through("rehearse.record_round")


def test_a_change_after_the_copy_is_found(target: Endpoint, server: str, tmp_path: Path) -> None:
    spec = api_spec(tmp_path, NUMBERS)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("migrate.numbers.complete")
    httpx.post(f"{server}/edit", json={"amt": 0.2})
    with pytest.raises(Deviation, match="the source was changed after the freeze"):
        run.run("validate.numbers.source_stood_still")


def test_a_change_of_the_target_is_found(target: Endpoint, tmp_path: Path) -> None:
    spec = api_spec(tmp_path, NUMBERS)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("validate.numbers.source_stood_still")
    rows(target, "UPDATE api.numbers SET amt = 7 WHERE n = 5 RETURNING 1")
    with pytest.raises(Deviation, match=r"checksum api\.numbers: the checksums over all rows differ"):
        run.run("validate.numbers.compare")
