"""A private MariaDB server, where the machine has one."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from demo.install import server_account
from demo.ports import free_port
from demo.process import Process, run
from services.redis import wait_for_port
from sunset.database.mysql.place import Place, quoted, session

INSTALL, SERVER, CLIENT = "mariadb-install-db", "mariadbd", "mariadb"


@dataclass(frozen=True)
class MariaDb:
    """A running server; `admin` leads to it with all privileges, `restart` stops it and starts it again."""

    admin: Place
    socket: str
    restart: Callable[[], None]

    def on(self, database: str) -> Place:
        return replace(self.admin, database=database)

    def connection(self, database: str) -> dict[str, Any]:
        """An Airflow connection to a database."""
        place = self.on(database)
        login = {"login": place.user, "password": place.password}
        return {"conn_type": "mysql", "host": place.host, "port": place.port, "schema": place.database, **login}

    def load(self, script: str) -> None:
        """Run a script as the client program does."""
        command = [_program(CLIENT), "--no-defaults", "--default-character-set=utf8mb4", "-S", self.socket, "-uroot"]
        environment = {**os.environ, "MYSQL_PWD": self.admin.password}
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
            file.write(script)
            file.flush()
            done = run([*command, "-e", f"source {file.name}"], cwd=Path("/"), env=environment)
        assert done.returncode == 0, done.stderr

    def run(self, database: str, *statements: str) -> None:
        with session(self.on(database)) as link:
            for statement in statements:
                link.run(statement)

    def drop(self, database: str) -> None:
        self.run("mysql", f"DROP DATABASE IF EXISTS {quoted(database)}")


@contextmanager
def mariadb_server(*options: str) -> Iterator[MariaDb]:
    """A new server on a free port, for as long as the block runs; skips the test where the machine has none."""
    if not (shutil.which(INSTALL) and _program(SERVER)):
        pytest.skip("needs MariaDB's server (mariadb-install-db and mariadbd)")
    account, environment = server_account(), {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    with tempfile.TemporaryDirectory(prefix="sunset-mariadb-") as home:
        data, socket, port = f"{home}/data", f"{home}/s", free_port()
        password = secrets.token_urlsafe(12)
        if account:
            os.chown(home, account.uid, account.gid)
        made = run(
            [
                INSTALL,
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            cwd=Path(home),
            env=environment,
            account=account,
        )
        assert made.returncode == 0, made.stderr + made.stdout
        start = [_program(SERVER), "--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={socket}"]
        start += ["--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", *options]
        log = Path(home) / "log"
        launch = partial(
            Process.start, start, log, cwd=Path(home), env=environment, account=account, stop_signal=signal.SIGTERM
        )
        process = launch()

        def restart() -> None:
            nonlocal process
            process.stop()
            process = launch()
            wait_for_port(port, process)

        try:
            wait_for_port(port, process)
            server = MariaDb(Place("127.0.0.1", port, "root", "", "mysql"), socket, restart)
            server.run("mysql", f"ALTER USER root@localhost IDENTIFIED BY '{password}'")
            yield replace(server, admin=replace(server.admin, password=password))
        finally:
            process.stop()


def _program(name: str) -> str:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin") or ""
