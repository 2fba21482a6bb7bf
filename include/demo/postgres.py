"""A private PostgreSQL server: own folder, own port on 127.0.0.1, own password."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack
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

    def __init__(self, endpoint: Endpoint, undo: ExitStack) -> None:
        self.endpoint = endpoint
        self._undo = undo

    @classmethod
    def start(cls, folder: Path, settings: Mapping[str, str] | None = None) -> PostgresServer:
        """Make a new cluster and start it.

        The folder gets the server's log and a `pgpass` file for psql (mode 0600, the only place the password is
        written to). As root the cluster lies in a temporary folder of the user that runs the server; it is
        removed at the end.

        Raises:
            Unavailable: the server did not start; the message ends with its log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        account = server_account()
        install = wheel_install()
        password = secrets.token_urlsafe(24)
        with ExitStack() as undo:
            home = folder.resolve()
            if account is not None:
                home = _private_home(account, undo)
                install = install if install.runs_as(account) else install.copy_to(home)
            _initialise(install, home, account, password, {**_SETTINGS, **(settings or {})})
            endpoint = _launch(install, home, account, password, folder / "postgres.log", undo)
            line = f"{endpoint.host}:{endpoint.port}:*:{endpoint.user}:{endpoint.password}\n"
            write_private(folder / "pgpass", line)
            return cls(endpoint, undo.pop_all())

    def stop(self) -> None:
        """Stop the server, connections or not, and remove what lies outside the folder."""
        self._undo.close()


def _private_home(account: Account, undo: ExitStack) -> Path:
    home = Path(tempfile.mkdtemp(prefix="sunset-postgres-"))
    undo.callback(shutil.rmtree, home, ignore_errors=True)
    os.chown(home, account.uid, account.gid)
    return home


def _initialise(
    install: Install, home: Path, account: Account | None, password: str, settings: Mapping[str, str]
) -> None:
    secret = home / "initial-password"
    write_private(secret, password)
    if account is not None:
        os.chown(secret, account.uid, account.gid)
    command: list[str | Path] = [install.program("initdb"), "--pgdata", home / "data", "--pwfile", secret]
    command += ["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"]
    command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    try:
        done = run(command, cwd=home, env=install.environment, account=account)
    finally:
        secret.unlink()
    if done.returncode:
        raise Unavailable("initdb failed.", where=str(home), remedy=done.stderr)


def _launch(
    install: Install, home: Path, account: Account | None, password: str, log: Path, undo: ExitStack
) -> Endpoint:
    """Start the server on a free port; another program may take the port first, so try more than one."""
    for _ in range(_ATTEMPTS):
        endpoint = Endpoint(LOOPBACK, free_port(), USER, password, "postgres")
        server = Process.start(
            [install.program("postgres"), "-D", home / "data", "-p", str(endpoint.port)],
            log,
            cwd=home,
            env=install.environment,
            account=account,
            stop_signal=signal.SIGINT,
        )
        if _answers(endpoint, server):
            undo.callback(server.stop)
            return endpoint
        server.stop()
    raise Unavailable("The server did not start.", where=str(home), remedy=server.last_lines())


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
