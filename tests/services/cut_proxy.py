"""A TCP proxy on loopback that breaks connections: cuts them, or swallows what is sent from some byte on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from sunset.database.postgres.endpoint import Endpoint

Fault = Literal["cut", "stall"]


@dataclass
class CutProxy:
    """Breaks connections while armed: those on which more than `limit` bytes go one way.

    Attributes:
        target: where connections are passed on to.
        fault: `cut` closes both ends; `stall` keeps both open and passes nothing on any more.
        limit: bytes that pass in the busier direction of a connection before it breaks.
        times: how many connections are still to be broken; 0 lets all pass.
    """

    target: tuple[str, int]
    fault: Fault
    limit: int
    times: int = 0
    broken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: list[socket.socket] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(self.target)
                self._open += [client, server]
                stalled = threading.Event()
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(one, other, stalled), daemon=True).start()

    def close(self) -> None:
        for end in self._open:
            _shut(end)
            end.close()

    def _pass(self, one: socket.socket, other: socket.socket, stalled: threading.Event) -> None:
        passed = 0
        with suppress(OSError):
            while data := one.recv(16384):
                if stalled.is_set():
                    continue  # taken, and never delivered
                passed += len(data)
                if passed > self.limit and self._take_one():
                    if self.fault == "cut":
                        break
                    stalled.set()
                    continue
                other.sendall(data)
        if not stalled.is_set():
            _shut(one)
            _shut(other)

    def _take_one(self) -> bool:
        with self._lock:
            if self.times == 0:
                return False
            self.times -= 1
            self.broken += 1
            return True


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(endpoint: Endpoint, fault: Fault, limit: int) -> Iterator[tuple[Endpoint, CutProxy]]:
    """A way to a server that can be broken: the endpoint behind the proxy, and the proxy, which is not armed yet."""
    proxy = CutProxy((endpoint.host, endpoint.port), fault, limit)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=proxy.serve, args=(listening,), daemon=True)
        thread.start()
        yield replace(endpoint, port=listening.getsockname()[1]), proxy
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    proxy.close()
