"""Collections as strangers serve them: ids deep inside, names that need care, links with several relations."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.api import api_spec
from services.places import rows
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Deviation, Refusal

pytestmark = pytest.mark.integration

PLACE = "sandbox_conn_id: sandbox_db, to: {conn_id: target_db, table: odd.things}"
Pages = list[tuple[bytes, dict[str, str]]]


@contextmanager
def serving(pages: Pages) -> Iterator[int]:
    """Gives the pages out by the number in `page`; the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            number = int(self.path.partition("page=")[2] or 1)
            body, headers = pages[number - 1] if number <= len(pages) else (b'{"data": []}', {})
            self.send_response(200)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def page(items: list[Any], **headers: str) -> tuple[bytes, dict[str, str]]:
    return json.dumps({"data": items}).encode(), headers


@pytest.fixture
def retire(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Pages, str], Endpoint]]:
    """Carries pages through a rehearsal and an execution, up to the validation; gives the target."""
    database = make_database("target")

    def go(pages: Pages, source: str) -> Endpoint:
        with serving(pages) as port:
            monkeypatch.setenv("AIRFLOW_CONN_API", json.dumps({"conn_type": "http", "host": "127.0.0.1", "port": port}))
            spec = api_spec(tmp_path, f"{{name: things, conn_id: api, endpoint: /t, items: data, {source}, {PLACE}}}")
            Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
            Retirement(spec, "execute").run_through("validate.things.compare")
        return database

    with connections(tmp_path, target_db=database, sandbox_db=pg_server.endpoint):
        yield go


def test_an_id_deep_inside_and_names_that_need_care(retire: Callable[[Pages, str], Endpoint]) -> None:
    names = ["Order", "order", 'a"b', "%s", "{{ ds }}", "a.b", "x" * 62 + "1", "x" * 62 + "2", "y\u00e9"]
    items = [{"meta": {"id": n, "at": None}, **{name: f"{name} {n}" for name in names}} for n in range(5)]
    paging = "pagination: {kind: page}"
    database = retire([page(items[:2]), page(items[2:]), page([])], f"id: meta.id, {paging}")
    (columns,) = zip(
        *rows(
            database,
            "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid = 'odd.things'::regclass ORDER BY attnum",
        ),
        strict=True,
    )
    assert list(columns) == ["meta", *names]
    assert rows(database, 'SELECT (meta->>\'id\')::int, "Order", "order" FROM odd.things ORDER BY 1') == [
        (n, f"Order {n}", f"order {n}") for n in range(5)
    ]


def test_a_link_with_several_relations(retire: Callable[[Pages, str], Endpoint]) -> None:
    link = {"Link": '</t?page=1>; rel="first prev", </t?page=2>; title="a, b"; rel="Next last"'}
    database = retire([page([{"id": 1}], **link), page([{"id": 2}])], "id: id, pagination: {kind: link_header}")
    assert rows(database, "SELECT id FROM odd.things ORDER BY id") == [(1,), (2,)]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ('{"id": 1, "a": 1, "a": 2}', "has an object with the key 'a' twice"),
        ('{"id": 1, "a": {"b": 1, "b": 1}}', "has an object with the key 'b' twice"),
        ('{"id": 1, "a": 1e99999999999999999999}', "has a number beyond all bounds"),
        ('{"id": 1, "a": ' + "[" * 3000 + "]" * 3000 + "}", "nested a thousand levels deep"),
        ('{"id": 1, "ctid": 2}', "ctid"),
        ('{"id": 1, "": 2}', "name"),
        ('{"id": 1, "' + "z" * 64 + '": 2}', "has more than 63 bytes"),
        ('{"id": 1, "a\\u0000b": 2}', r"page 1: has the key 'a.x00b'"),
        ('{"id": 1, "a": {}, "\\ud800": 2}', r"page 1: has the key '.ud800'"),
        ('{"id": 1, ' + ", ".join(f'"c{n}": 1' for n in range(1700)) + "}", "1600|1,600|columns"),
        ('{"id": 1}, {"id": 1.0}', "id"),
    ],
)
def test_what_no_table_holds_is_refused_by_name(
    retire: Callable[[Pages, str], Endpoint], items: str, said: str
) -> None:
    with pytest.raises((Refusal, Deviation), match=said):
        retire([(f'{{"data": [{items}]}}'.encode(), {})], "id: id")
