"""A private Redis server on loopback."""

from __future__ import annotations

import secrets
import shutil
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demo.ports import LOOPBACK, free_port
from demo.private import write_private
from demo.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = shutil.which("redis-server")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start Redis with a password of its own; gives its URL. Its files are in `folder`."""
    port, password = free_port(), secrets.token_hex(24)
    config = folder / "redis.conf"
    write_private(config, f'bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n')
    assert PROGRAM is not None
    server = Process.start([PROGRAM, config], folder / "redis.log", cwd=folder)
    try:
        wait_for_port(port, server)
        yield f"redis://:{password}@{LOOPBACK}:{port}/0"
    finally:
        server.stop()


def wait_for_port(port: int, server: Process) -> None:
    deadline = time.monotonic() + 20
    while server.running and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(server.last_lines())
