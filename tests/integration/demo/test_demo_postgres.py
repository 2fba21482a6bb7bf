from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from demo.install import server_account, wheel_install
from demo.postgres import THROWAWAY, PostgresServer
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.integration

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")

START_AND_WAIT = """
import pathlib, sys, time
from demo.postgres import PostgresServer
from sunset.database.postgres.endpoint import connect
server = PostgresServer.start(pathlib.Path(sys.argv[1]))
print(server.endpoint.port, flush=True)
with connect(server.endpoint, "test") as connection:
    print(connection.execute("SHOW data_directory").fetchone()[0], flush=True)
time.sleep(600)
"""


def test_server_has_the_settings_that_a_migration_needs(pg_server: PostgresServer) -> None:
    with connect(pg_server.endpoint, "test") as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert settings["wal_level"] == "logical"
    assert settings["max_connections"] == "200"
    assert settings["listen_addresses"] == "127.0.0.1"
    assert settings["password_encryption"] == "scram-sha-256"
    assert settings["fsync"] == THROWAWAY["fsync"]


def test_wrong_password_is_refused(pg_server: PostgresServer) -> None:
    right = pg_server.endpoint
    wrong = Endpoint(right.host, right.port, right.user, "not the password", right.database)
    with pytest.raises(Refusal):
        connect(wrong, "test")


def test_password_is_private_and_nowhere_else(tmp_path: Path) -> None:
    server = PostgresServer.start(tmp_path)
    try:
        password = server.endpoint.password
        with connect(server.endpoint, "test") as connection:
            data = Path(str(connection.execute("SHOW data_directory").fetchone()[0]))
        holders = [
            path
            for folder in (tmp_path, data)
            for path in folder.rglob("*")
            if path.is_file() and password.encode() in path.read_bytes()
        ]
        assert holders == [tmp_path / "pgpass"]
        assert (tmp_path / "pgpass").stat().st_mode & 0o777 == 0o600
        assert password not in repr(server.endpoint)
        assert password not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    finally:
        server.stop()


def test_stop_ends_the_server_and_cleans_up(tmp_path: Path) -> None:
    server = PostgresServer.start(tmp_path)
    held = connect(server.endpoint, "test")
    (data,) = held.execute("SHOW data_directory").fetchone()
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    with pytest.raises(Unavailable):
        connect(server.endpoint, "test")
    assert not Path(data).parent.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_server_does_not_outlive_the_process_that_started_it(tmp_path: Path, number: signal.Signals) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert starter.stdout is not None
    port = int(starter.stdout.readline())
    home = Path(starter.stdout.readline().decode().strip()).parent
    starter.send_signal(number)
    starter.wait()
    starter.stdout.close()
    password = (tmp_path / "pgpass").read_text().strip().rpartition(":")[2]
    endpoint = Endpoint("127.0.0.1", port, "postgres", password, "postgres")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            connect(endpoint, "test").close()
        except Unavailable:
            if not home.exists():
                return
        time.sleep(0.1)
    pytest.fail("the server still answers, or its cluster is still there")


@as_root
def test_root_runs_the_server_as_somebody_else(pg_server: PostgresServer) -> None:
    with connect(pg_server.endpoint, "test") as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        owner = Path(f"/proc/{pid}").stat().st_uid
    account = server_account()
    assert account is not None
    assert owner == account.uid != 0


@as_root
def test_install_that_the_servers_user_cannot_enter_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    install = wheel_install().copy_to(hidden)
    account = server_account()
    assert account is not None
    assert not install.runs_as(account)
    monkeypatch.setattr("demo.postgres.wheel_install", lambda: install)
    server = PostgresServer.start(hidden / "home")
    try:
        with connect(server.endpoint, "test") as connection:
            connection.execute("CREATE EXTENSION dblink SCHEMA public")  # loads libpq from the copied libraries
    finally:
        server.stop()


def test_databases_are_fresh_and_apart(make_database: Callable[..., Endpoint]) -> None:
    first, second = make_database("one"), make_database("two")
    with connect(first, "test") as connection:
        connection.execute("CREATE TABLE public.t (i int)")
    with connect(second, "test") as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
