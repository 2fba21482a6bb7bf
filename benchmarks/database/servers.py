"""PostgreSQL servers of a benchmark's own: Debian's 15, which all peers know, else the one from the wheel.

They are as durable as a server in service: what is measured includes the writing to disk.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from demo.install import Install, server_account, wheel_install
from demo.ports import LOOPBACK, free_port
from demo.process import Process, run
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Unavailable

DEBIAN = Path("/usr/lib/postgresql/15/bin")
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_level": "replica",
    "max_connections": "200",
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
}


@contextmanager
def server(**settings: str) -> Iterator[Endpoint]:
    """A server for as long as the block runs; its superuser needs no password, it listens on loopback alone."""
    account = server_account()
    with tempfile.TemporaryDirectory(prefix="sunset-bench-") as name:
        home = Path(name)
        if account:
            os.chown(home, account.uid, account.gid)
        install = Install(DEBIAN.parent, DEBIAN.parent / "lib") if DEBIAN.exists() else wheel_install()
        if account and not install.runs_as(account):
            install = install.copy_to(home)
        make: list[str | Path] = [install.program("initdb"), "-D", home / "data", "-U", "postgres", "-A", "trust"]
        made = run([*make, "-E", "UTF8", "--no-locale"], cwd=home, env=install.environment, account=account)
        if made.returncode:
            raise RuntimeError(made.stderr)
        endpoint = Endpoint(LOOPBACK, free_port(), "postgres", "", "postgres")
        command: list[str | Path] = [install.program("postgres"), "-D", home / "data", "-p", str(endpoint.port)]
        for key, value in {**SETTINGS, **settings}.items():
            command += ["-c", f"{key}={value}"]
        started = Process.start(
            command, home / "log", cwd=home, env=install.environment, account=account, stop_signal=signal.SIGINT
        )
        try:
            _wait(endpoint, started)
            yield endpoint
        finally:
            started.stop()


def program(name: str) -> str:
    """One of PostgreSQL's programs of the version that `server` starts."""
    return str((DEBIAN if DEBIAN.exists() else wheel_install().root / "bin") / name)


def recreate(endpoint: Endpoint) -> None:
    """An empty database in the place of the one there was; then the server is at rest."""
    name = sql.Identifier(endpoint.database)
    with connect(endpoint.on("postgres"), "bench") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        connection.execute("CHECKPOINT")


def url(endpoint: Endpoint) -> str:
    return f"postgresql://{endpoint.user}@{endpoint.host}:{endpoint.port}/{endpoint.database}"


def _wait(endpoint: Endpoint, process: Process, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while process.running and time.monotonic() < deadline:
        try:
            connect(endpoint, "bench").close()
        except (Unavailable, psycopg.OperationalError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{process.last_lines()}")
