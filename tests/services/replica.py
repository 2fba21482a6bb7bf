"""A streaming replica of a server that the tests started."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from demo.install import server_account, wheel_install
from demo.ports import free_port
from demo.process import Process, run
from services.redis import wait_for_port
from sunset.database.postgres.endpoint import Endpoint


@contextmanager
def replica_of(server: Endpoint) -> Iterator[Endpoint]:
    """A physical replica on a free port, for as long as the block runs; leads to the same database."""
    account, install = server_account(), wheel_install()
    with tempfile.TemporaryDirectory(prefix="sunset-replica-") as home:
        if account:
            os.chown(home, account.uid, account.gid)
            if not install.runs_as(account):
                install = install.copy_to(Path(home))
        environment = {**install.environment, "PGPASSWORD": server.password}
        base = [install.program("pg_basebackup"), "-h", server.host, "-p", str(server.port), "-U", server.user]
        taken = run(
            [*base, "-D", f"{home}/data", "-R", "-X", "stream", "-c", "fast", "--no-sync"],
            cwd=Path(home),
            env=environment,
            account=account,
        )
        assert taken.returncode == 0, taken.stderr
        endpoint = replace(server, port=free_port())
        process = Process.start(
            [install.program("postgres"), "-D", f"{home}/data", "-p", str(endpoint.port)],
            Path(home) / "log",
            cwd=Path(home),
            env=install.environment,
            account=account,
            stop_signal=signal.SIGINT,
        )
        try:
            wait_for_port(endpoint.port, process)
            yield endpoint
        finally:
            process.stop()
