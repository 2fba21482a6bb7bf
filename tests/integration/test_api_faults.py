"""What networks, servers and workers do to an export, and what it says or makes good."""

from __future__ import annotations

import json
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from demo.ports import free_port
from services.airflow_home import ROOT
from services.certificates import self_signed
from sunset.api.auth import ClientCredentials
from sunset.api.client import ApiClient, Manners
from sunset.api.export import Collection
from sunset.api.exports import Export, Exports
from sunset.api.session import ApiLogin, open_client
from sunset.dossier.store import open_store
from sunset.errors import Refusal, Unavailable
from sunset.spec.pagination import PageNumber

pytestmark = pytest.mark.integration

PAGES, SIZE = 40, 25
EXPORT = (sys.executable, "-m", "services.export_process")
APART = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'include'}"}
BY_NUMBER = PageNumber(kind="page", param="page")
Answer = Callable[[BaseHTTPRequestHandler, int], None]


def items(page: int) -> list[dict[str, Any]]:
    return [{"id": page * SIZE + place, "name": f"n{place}"} for place in range(SIZE)] if page <= PAGES else []


def whole(handler: BaseHTTPRequestHandler, page: int) -> None:
    send(handler, json.dumps({"items": items(page)}).encode())


def send(handler: BaseHTTPRequestHandler, body: bytes, length: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(length or len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def refuse(handler: BaseHTTPRequestHandler, headers: dict[str, str]) -> None:
    handler.send_response(403)
    for name, value in {**headers, "Content-Length": "0"}.items():
        handler.send_header(name, value)
    handler.end_headers()


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self, 0)

        def do_GET(self) -> None:
            answer(self, int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0]))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def take(address: str, folder: Path, **changes: Any) -> tuple[Export, list[Any]]:
    collection = Collection("tickets", f"{address}/t", "items", "id", BY_NUMBER)
    exports = Exports(open_store(str(folder)), collection)
    manners = Manners(**{"attempts": 4, "first_wait": 0.05, "timeout": 0.5, **changes})
    with open_client(ApiLogin(address), manners) as client:
        taken = exports.take(client, print)
    return taken, [item["id"] for item in exports.items(taken)]


ALL = [item["id"] for page in range(1, PAGES + 1) for item in items(page)]


def once(broken: Answer) -> Answer:
    """Breaks page 7 at the first try, and only then."""
    tries: list[int] = []

    def answer(handler: BaseHTTPRequestHandler, page: int) -> None:
        if page == 7 and not tries:
            tries.append(page)
            broken(handler, page)
        else:
            whole(handler, page)

    return answer


def cut(handler: BaseHTTPRequestHandler, page: int) -> None:
    send(handler, b'{"items": [{"id"', length=1000)
    handler.connection.shutdown(socket.SHUT_RDWR)


def stalled(handler: BaseHTTPRequestHandler, page: int) -> None:
    send(handler, b'{"items": [{"id"', length=1000)
    time.sleep(2)
    handler.close_connection = True


@pytest.mark.parametrize("broken", [cut, stalled])
def test_a_page_that_breaks_off_is_asked_for_again(tmp_path: Path, broken: Answer) -> None:
    with serving(once(broken)) as address:
        taken, ids = take(address, tmp_path)
    assert (ids, taken.pages, taken.doubles) == (ALL, PAGES + 1, 0)


def test_a_page_that_always_breaks_off_ends_the_task(tmp_path: Path) -> None:
    said = r"tickets: page 3 .*RemoteProtocolError, 4 times"
    broken: Answer = lambda handler, page: (cut if page == 3 else whole)(handler, page)  # noqa: E731
    with serving(broken) as address, pytest.raises(Unavailable, match=said):
        take(address, tmp_path)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Sign in</html>", r"page 3 .*answered with something else than JSON in its 20 bytes"),
        (b'{"items": [{"id": 1}, {"name": "x"}]}', "item 2 of page 3: has no id at 'id'"),
        (b'{"items": [{"id": null}]}', "item 1 of page 3: has no id at 'id'"),
        (b'{"items": [7]}', "item 1 of page 3: is no object"),
        (b'{"items": {"id": 7}}', r"page 3 .*has no list of items at 'items'; the body has: items"),
        (b'{"data": []}', r"page 3 .*has no list of items at 'items'; the body has: data"),
        (b'{"items": [{"id": NaN}]}', "page 3 .*answered with something else than JSON"),
        (b'{"items": [{"id": "\xff"}]}', "page 3 .*answered with something else than JSON"),
    ],
)
def test_an_answer_that_is_no_page(tmp_path: Path, body: bytes, said: str) -> None:
    def answer(handler: BaseHTTPRequestHandler, page: int) -> None:
        send(handler, body) if page == 3 else whole(handler, page)

    with serving(answer) as address, pytest.raises(Refusal, match=said):
        take(address, tmp_path)
    assert not list(tmp_path.rglob("export.json"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "0"},
        {"X-RateLimit-Remaining": "0"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()))},
        {"RateLimit-Remaining": "0", "RateLimit-Reset": "0"},
    ],
)
def test_a_rate_limit_that_is_told_by_403(tmp_path: Path, headers: dict[str, str]) -> None:
    with serving(once(lambda handler, _: refuse(handler, headers))) as address:
        taken, ids = take(address, tmp_path)
    assert (ids, taken.pages, taken.doubles) == (ALL, PAGES + 1, 0)


def test_a_rate_limit_that_lasts_too_long(tmp_path: Path) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1000)}
    limited = once(lambda handler, _: refuse(handler, headers))
    with serving(limited) as address, pytest.raises(Unavailable, match=r"page 7 .*asks to wait \d+ s, and 300 s are"):
        take(address, tmp_path)


def test_a_plain_403_is_a_refusal(tmp_path: Path) -> None:
    left = {"X-RateLimit-Remaining": "12"}
    with (
        serving(once(lambda handler, _: refuse(handler, left))) as address,
        pytest.raises(Refusal, match=r"page 7 .*status 403"),
    ):
        take(address, tmp_path)


def test_a_token_server_that_is_busy(tmp_path: Path) -> None:
    """When the first token is fetched, and again when that one is refused from page 7 on."""
    given: list[str] = []
    busy = [1, 2]

    def answer(handler: BaseHTTPRequestHandler, page: int) -> None:
        if page == 0 and len(busy) > 1 - len(given):
            busy.pop()
            handler.send_error(503)
        elif page == 0:
            given.append(f"token{len(given) + 1}")
            send(handler, json.dumps({"access_token": given[-1]}).encode())
        elif handler.headers["Authorization"] == f"Bearer token{1 if page < 7 else 2}":
            whole(handler, page)
        else:
            handler.send_error(401)

    with serving(answer) as address:
        login = ApiLogin(address, auth=ClientCredentials(f"{address}/token", "client", "cl1ent-s3cret"))
        exports = Exports(open_store(str(tmp_path)), Collection("tickets", f"{address}/t", "items", "id", BY_NUMBER))
        with open_client(login, Manners(attempts=4, first_wait=0.05)) as client:
            taken = exports.take(client, print)
        assert [item["id"] for item in exports.items(taken)] == ALL
    assert (busy, len(given)) == ([], 2)


def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"tickets: page 1 .*ConnectError, 2 times"):
        take(f"http://127.0.0.1:{free_port()}", tmp_path, attempts=2)


def test_a_certificate_that_does_not_hold(tmp_path: Path) -> None:
    certificate, key = self_signed("other.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(whole, context) as address:
        with pytest.raises(Refusal, match=r"page 1 .*its certificate does not hold: .*self.signed"):
            take(address, tmp_path / "pages")
        login = ApiLogin(address, verify=str(certificate))
        with (
            open_client(login, Manners(attempts=1)) as client,
            pytest.raises(Refusal, match=r"does not hold: .*mismatch"),
        ):
            Exports(open_store(str(tmp_path / "more")), Collection("t", f"{address}/t", "items", "id", None)).take(
                client, print
            )


def test_a_worker_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    moments = random.Random(seed)
    asked: list[int] = []

    def slow(handler: BaseHTTPRequestHandler, page: int) -> None:
        asked.append(page)
        time.sleep(0.01)
        whole(handler, page)

    with serving(slow) as address:
        for _ in range(10):
            child = subprocess.Popen([*EXPORT, address, str(tmp_path)], env=APART, stdout=subprocess.PIPE)
            assert child.stdout
            assert child.stdout.readline() == b"begun\n"
            time.sleep(moments.uniform(0.0, 0.3))
            child.kill()
            child.wait()
        taken, ids = take(address, tmp_path)
    assert (ids, taken.pages, taken.doubles) == (ALL, PAGES + 1, 0)


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    """One page is large; there are many of them."""

    def large(handler: BaseHTTPRequestHandler, page: int) -> None:
        rows = [{"id": page * 100 + place, "text": "x" * 20_000} for place in range(100)] if page <= 100 else []
        send(handler, json.dumps({"items": rows}).encode())

    with serving(large) as address:
        done = subprocess.run([*EXPORT, address, str(tmp_path)], env=APART, capture_output=True, check=True)
    *_, peak = done.stdout.split()
    assert int(peak) < 250 * 1024, "KiB, for 200 MB of pages"


def test_a_client_has_no_query_of_its_own() -> None:
    """httpx would put it in the place of an address's own query."""
    client = ApiClient(httpx.Client(), Manners(), {"key": "s3cret"})
    assert "s3cret" not in repr(client)
