"""A private PostgreSQL server: own folder, own port on 127.0.0.1, own password."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from demo.install import Install, server_account, wheel_install
from demo.ports import LOOPBACK, free_port
from demo.private import write_private
from demo.process import Account, Process, run
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

USER = "postgres"
THROWAWAY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""Settings for data that nobody needs after a crash: twice as fast to load, lost with the machine."""

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "wal_level": "logical",
    "log_min_messages": "warning",
}
_START_SECONDS = 60.0
_ATTEMPTS = 3


class PostgresServer:
    """A running server; `endpoint` leads to its maintenance database as superuser."""

    def __init__(self, endpoint: Endpoint, process: Process) -> None:
        self.endpoint = endpoint
        self._process = process

    @classmethod
    def start(cls, folder: Path, settings: Mapping[str, str] | None = None) -> PostgresServer:
        """Make a new cluster and start it.

        The folder gets the server's log and a `pgpass` file for psql (mode 0600, the only place the password is
        written to). The cluster lies in a folder of its own, which goes when the server ends: below `folder`, or
        as root in a temporary folder of the user that runs the server.

        Raises:
            Unavailable: the server did not start; the message ends with its log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        account, log = server_account(), folder / "postgres.log"
        for _ in range(_ATTEMPTS):  # another program may take the port first
            endpoint = Endpoint(LOOPBACK, free_port(), USER, secrets.token_urlsafe(24), "postgres")
            home = _new_home(folder, account)
            install = _initialise(home, account, endpoint.password, {**_SETTINGS, **(settings or {})})
            process = _launch(install, home, account, endpoint.port, log)
            if _answers(endpoint, process):
                line = f"{endpoint.host}:{endpoint.port}:*:{endpoint.user}:{endpoint.password}\n"
                write_private(folder / "pgpass", line)
                return cls(endpoint, process)
            process.stop()
        raise Unavailable("The server did not start.", where=str(log), remedy=process.last_lines())

    def stop(self) -> None:
        """Stop the server, connections or not, and remove its cluster."""
        self._process.stop()


def _new_home(folder: Path, account: Account | None) -> Path:
    if account is None:
        return Path(tempfile.mkdtemp(prefix="cluster-", dir=folder.resolve()))
    home = Path(tempfile.mkdtemp(prefix="sunset-postgres-"))
    os.chown(home, account.uid, account.gid)
    return home


def _initialise(home: Path, account: Account | None, password: str, settings: Mapping[str, str]) -> Install:
    """Make the cluster `home/data`; gives the install that its user can run."""
    install = wheel_install()
    if account is not None and not install.runs_as(account):
        install = install.copy_to(home)
    secret = home / "initial-password"
    write_private(secret, password)
    if account is not None:
        os.chown(secret, account.uid, account.gid)
    command: list[str | Path] = [install.program("initdb"), "--pgdata", home / "data", "--pwfile", secret]
    command += ["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"]
    command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    done = run(command, cwd=home, env=install.environment, account=account)
    secret.unlink()
    if done.returncode:
        shutil.rmtree(home)
        raise Unavailable("initdb failed.", where=str(home), remedy=done.stderr)
    return install


def _launch(install: Install, home: Path, account: Account | None, port: int, log: Path) -> Process:
    return Process.start(
        [install.program("postgres"), "-D", home / "data", "-p", str(port)],
        log,
        cwd=home,
        env=install.environment,
        account=account,
        stop_signal=signal.SIGINT,
        remove=home,
    )


def _answers(endpoint: Endpoint, server: Process) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while server.running and time.monotonic() < deadline:
        try:
            connect(endpoint, "start").close()
        except Unavailable:
            time.sleep(0.05)
        else:
            return True
    return False
