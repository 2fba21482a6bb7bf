"""A way to an HTTP server that answers 503, or whatever else it is given, for a while."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Flaky:
    """`left` connections are still to be answered with `answer`, after `passed` others; `refused` were."""

    url: str
    left: int = 0
    refused: int = 0
    passed: int = 0
    answer: bytes = _BUSY


@contextmanager
def flaky(url: str) -> Iterator[Flaky]:
    """Passes connections on to a server, or refuses them."""
    server = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        front = Flaky(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=_handle, args=(front, client, server.hostname, server.port)).start()

        threading.Thread(target=serve, daemon=True).start()
        yield front
        listening.shutdown(socket.SHUT_RDWR)


def _handle(front: Flaky, client: socket.socket, host: str, port: int) -> None:
    with client, suppress(OSError):
        if front.passed:
            front.passed -= 1
        elif front.left:
            front.left -= 1
            front.refused += 1
            client.recv(65536)
            client.sendall(front.answer)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
            return
        with socket.create_connection((host, port)) as server:
            back = threading.Thread(target=_pass, args=(server, client))
            back.start()
            _pass(client, server)
            back.join()


def _pass(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
