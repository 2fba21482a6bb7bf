"""A PostgreSQL server that can crash under its clients, and recovers."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.install import Install, server_account, wheel_install
from demo.ports import free_port
from demo.postgres import THROWAWAY
from demo.process import Account, Process, run
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Unavailable

# What was committed without waiting for the disk is lost in a crash; what the disk was told to keep is not.
_SETTINGS = {**THROWAWAY, "synchronous_commit": "on", "max_connections": "60"}


class Server:
    """A running server; `endpoint` stays the same over restarts."""

    def __init__(self, endpoint: Endpoint, install: Install, account: Account | None, home: Path) -> None:
        self.endpoint = endpoint
        self._install, self._account, self._home = install, account, home
        self._process = self._start()

    def crash(self) -> None:
        """End the server as if its machine had stopped, and start it again after a moment in which nobody answers."""
        self.stop()
        time.sleep(0.3)
        self._process = self._start()

    def stop(self) -> None:
        self._process.stop()

    def _start(self) -> Process:
        command = [self._install.program("postgres"), "-D", self._home / "data", "-p", str(self.endpoint.port)]
        process = Process.start(
            [*command, "-k", self._home],
            self._home / "log",
            cwd=self._home,
            env=self._install.environment,
            account=self._account,
            stop_signal=signal.SIGQUIT,
        )
        while process.running:
            try:
                connect(self.endpoint, "start").close()
            except Unavailable:
                time.sleep(0.05)
            else:
                return process
        raise AssertionError(process.last_lines())


@contextmanager
def restartable_server() -> Iterator[Server]:
    """A new server on a free port, for as long as the block runs."""
    account, install = server_account(), wheel_install()
    with tempfile.TemporaryDirectory(prefix="sunset-restartable-") as folder:
        home = Path(folder)
        if account:
            os.chown(home, account.uid, account.gid)
            if not install.runs_as(account):
                install = install.copy_to(home)
        command = [install.program("initdb"), "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
        settings = [part for name, value in _SETTINGS.items() for part in ("--set", f"{name}={value}")]
        made = run([*command, *options, *settings], cwd=home, env=install.environment, account=account)
        assert made.returncode == 0, made.stderr
        server = Server(Endpoint("127.0.0.1", free_port(), "postgres", "", "postgres"), install, account, home)
        try:
            yield server
        finally:
            server.stop()
