"""A PostgreSQL server older than the one in the wheel, where the machine has one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.install import Install, server_account
from demo.ports import free_port
from demo.process import run
from services.cluster import folder_of, running
from sunset.database.postgres.endpoint import Endpoint

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def old_server(**settings: str) -> Iterator[Endpoint]:
    """Debian's PostgreSQL 15, on a free port, for as long as the block runs; with settings of the server."""
    account, install = server_account(), Install(DEBIAN_15.parent, DEBIAN_15.parent / "lib")
    with folder_of(account, "sunset-old-") as home:
        make = [
            install.program("initdb"),
            "-D",
            f"{home}/data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        made = run(make, cwd=Path(home), env=install.environment, account=account)
        assert made.returncode == 0, made.stderr
        endpoint = Endpoint("127.0.0.1", free_port(), "postgres", "", "postgres")
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with running(install, account, home, endpoint.port, ["-k", home, "-F", *options]):
            ready = [install.program("pg_isready"), "-h", endpoint.host, "-p", str(endpoint.port), "-t", "30"]
            while run(ready, cwd=Path(home), env=install.environment).returncode == 1:  # it is starting up
                time.sleep(0.1)
            yield endpoint
