"""Runs a PostgreSQL cluster that somebody made in a folder of its own."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from demo.install import Install
from demo.process import Account, Process
from services.redis import wait_for_port


@contextmanager
def folder_of(account: Account | None, prefix: str) -> Iterator[str]:
    """A folder for a cluster, which belongs to the account that runs the server."""
    with tempfile.TemporaryDirectory(prefix=prefix) as home:
        if account:
            os.chown(home, account.uid, account.gid)
        yield home


@contextmanager
def running(
    install: Install, account: Account | None, home: str, port: int, options: Sequence[str | Path] = ()
) -> Iterator[None]:
    """The server of the cluster `home/data`, for as long as the block runs."""
    server = Process.start(
        [install.program("postgres"), "-D", f"{home}/data", "-p", str(port), *options],
        Path(home) / "log",
        cwd=Path(home),
        env=install.environment,
        account=account,
        stop_signal=signal.SIGINT,
    )
    try:
        wait_for_port(port, server)
        yield
    finally:
        server.stop()
