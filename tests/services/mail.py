"""Servers that take notices: a mail catcher and a hook that answers as a test wants, each counting what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """A web hook on loopback.

    Attributes:
        status: what it answers; 0 closes the line without an answer after the request was read.
        got: the body of every request, and its headers under `headers of the request`.
    """

    status: int = 200
    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)

    @property
    def connection(self) -> dict[str, Any]:
        return {"conn_type": "http", "host": f"http://127.0.0.1:{self.port}/services/T0/SECRET-PATH"}


@contextmanager
def hook() -> Iterator[Hook]:
    it = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            it.got.append({**body, "headers of the request": dict(self.headers)})
            if it.status:
                self.send_response(it.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield it
    server.shutdown()
    server.server_close()
