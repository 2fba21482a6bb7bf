"""A streaming replica of a server that the tests started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from demo.install import server_account, wheel_install
from demo.ports import free_port
from demo.process import run
from services.cluster import folder_of, running
from sunset.database.postgres.endpoint import Endpoint


@contextmanager
def replica_of(server: Endpoint) -> Iterator[Endpoint]:
    """A physical replica on a free port, for as long as the block runs; leads to the same database."""
    account, install = server_account(), wheel_install()
    with folder_of(account, "sunset-replica-") as home:
        if account and not install.runs_as(account):
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
        with running(install, account, home, endpoint.port):
            yield endpoint
