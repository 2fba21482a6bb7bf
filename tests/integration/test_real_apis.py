"""APIs of other people's making, exported whole by the operators and compared with the truth in their databases."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api import api_spec
from services.places import rows
from services.real_apis import airflow_api, datasette, json_server
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint

pytestmark = [pytest.mark.integration, pytest.mark.slow]

CHINOOK = Path(__file__).parents[1] / "data" / "chinook" / "sqlite.sql.gz"


@pytest.fixture
def retire(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], Endpoint]]:
    target = make_database("target")

    def carry(address: str, source: str) -> Endpoint:
        connection = {"conn_type": "http", "host": "127.0.0.1", "port": int(address.rpartition(":")[2])}
        monkeypatch.setenv("AIRFLOW_CONN_API", json.dumps(connection))
        spec = api_spec(tmp_path, source)
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        Retirement(spec, "execute").run_through("close.verdict")
        return target

    with connections(tmp_path, target_db=target, sandbox_db=pg_server.endpoint):
        yield carry


def test_datasette_by_the_next_address(retire: Callable[[str, str], Endpoint], tmp_path: Path) -> None:
    file = tmp_path / "chinook.db"
    with sqlite3.connect(file) as chinook:
        chinook.executescript(gzip.decompress(CHINOOK.read_bytes()).decode())
    truth = chinook.execute(
        "SELECT TrackId, Name, AlbumId, MediaTypeId, GenreId, Composer, Milliseconds, Bytes, CAST(UnitPrice AS TEXT) "
        "FROM Track ORDER BY TrackId"
    ).fetchall()
    with datasette(file, tmp_path) as address:
        target = retire(
            address,
            "{name: tracks, conn_id: api, endpoint: '/chinook/Track.json?_shape=objects&_size=100', items: rows, "
            "id: TrackId, pagination: {kind: next_url, next: next_url}, sandbox_conn_id: sandbox_db, "
            "to: {conn_id: target_db, table: music.tracks}}",
        )
    found = rows(
        target,
        'SELECT "TrackId", "Name", "AlbumId", "MediaTypeId", "GenreId", "Composer", "Milliseconds", "Bytes", '
        '"UnitPrice"::text FROM music.tracks ORDER BY 1',
    )
    assert len(truth) == 3503
    assert found == truth


@pytest.mark.parametrize(
    "pagination", ["{kind: link_header}", "{kind: page, param: _page, size_param: _limit, size: 7}"]
)
def test_json_server_by_page_and_by_link_header(
    retire: Callable[[str, str], Endpoint], tmp_path: Path, pagination: str
) -> None:
    items = [{"id": number, "title": f"t{number}", "tags": ["a", {"b": number}]} for number in range(1, 101)]
    folder = tmp_path / "json-server"
    folder.mkdir()
    endpoint = "'/posts?_page=1&_limit=7'" if "link" in pagination else "/posts"
    with json_server({"posts": items}, folder) as address:
        target = retire(
            address,
            f"{{name: posts, conn_id: api, endpoint: {endpoint}, items: ., id: id, pagination: {pagination}, "
            "sandbox_conn_id: sandbox_db, to: {conn_id: target_db, table: blog.posts}}",
        )
    found = rows(target, "SELECT id, title, tags FROM blog.posts ORDER BY id")
    assert found == [(item["id"], item["title"], item["tags"]) for item in items]


def test_airflow_by_offset_and_total(
    retire: Callable[[str, str], Endpoint], airflow_home: Path, tmp_path: Path
) -> None:
    with airflow_api(airflow_home) as address:
        token = httpx.get(f"{address}/auth/token").json()["access_token"]
        login = {"Authorization": f"Bearer {token}"}
        for number in range(120):
            body = {"key": f"retired_{number:03}", "value": f"v{number}", "description": None}
            assert httpx.post(f"{address}/api/v2/variables", json=body, headers=login).status_code == 201
        target = retire(
            address,
            "{name: variables, conn_id: api, endpoint: '/api/v2/variables?order_by=key', items: variables, id: key, "
            "pagination: {kind: offset, limit: 50, total: total_entries}, sandbox_conn_id: sandbox_db, "
            "to: {conn_id: target_db, table: airflow.variables}}",
        )
    found = rows(target, "SELECT key, value FROM airflow.variables WHERE key LIKE 'retired%' ORDER BY key")
    assert found == [(f"retired_{number:03}", f"v{number}") for number in range(120)]
