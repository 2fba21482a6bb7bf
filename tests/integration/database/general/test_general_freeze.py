"""The freeze of a SQLite file: nobody writes until the thaw, whoever had it open, whatever its journal is."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from services.sqlite_file import make
from sunset.database.general.dialect import GeneralDialect
from sunset.database.general.freeze import freeze, prove_frozen, thaw
from sunset.database.general.place import Place
from sunset.errors import Refusal, Unavailable

pytestmark = pytest.mark.integration

SCRIPT = "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);"


@pytest.fixture(params=["delete", "wal"])
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return make(tmp_path / "shop.db", f"PRAGMA journal_mode = {request.param}; {SCRIPT}")


def place(file: Path) -> Place:
    return Place("sqlite", str(file), lock_seconds=0.1)


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0.1)) as session:
        yield session


def write(session: sqlite3.Connection) -> None:
    session.execute("INSERT INTO t DEFAULT VALUES")


def test_new_sessions_can_read_and_not_write(file: Path) -> None:
    assert freeze(place(file)).position.startswith("sha256:")
    with opened(file) as session:
        assert session.execute("SELECT count(*) FROM t").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            write(session)
    prove_frozen(place(file))


def test_a_session_that_had_it_open_cannot_write_either(tmp_path: Path) -> None:
    file = make(tmp_path / "shop.db", SCRIPT)
    with opened(file) as session:
        write(session)
        freeze(place(file))
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            write(session)
        assert session.execute("SELECT count(*) FROM t").fetchone() == (2,)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs SQLite's shell")
def test_another_program_cannot_write_either(file: Path) -> None:
    freeze(place(file))
    shell = ["sqlite3", str(file), "INSERT INTO t VALUES (7)"]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "readonly" in done.stderr


def test_a_thaw_gives_back_what_was(file: Path) -> None:
    with opened(file) as session:
        before = session.execute("PRAGMA journal_mode").fetchone()
    freeze(place(file))
    freeze(place(file))
    thaw(place(file))
    thaw(place(file))
    with opened(file) as session:
        write(session)
        assert session.execute("PRAGMA journal_mode").fetchone() == before
        assert session.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with pytest.raises(Refusal, match="can still write"):
        prove_frozen(place(file))


def test_a_program_at_work_in_the_file_keeps_it_from_being_frozen(file: Path) -> None:
    with opened(file) as session:
        session.execute("BEGIN IMMEDIATE")
        write(session)
        with pytest.raises(Unavailable, match="another program is at work"):
            freeze(place(file))
        session.execute("COMMIT")
    with opened(file) as session:
        assert session.execute("SELECT count(*) FROM t").fetchone() == (2,)
        write(session)


def test_rows_in_the_write_ahead_log_are_in_the_frozen_file(tmp_path: Path) -> None:
    file = make(tmp_path / "shop.db", f"PRAGMA journal_mode = wal; {SCRIPT}")
    shutil.copy(file, tmp_path / "copy.db")
    with opened(file) as session:
        write(session)
        log = file.with_name("shop.db-wal").read_bytes()
    (tmp_path / "copy.db-wal").write_bytes(log)  # as a program leaves it that was killed
    freeze(place(tmp_path / "copy.db"))
    with opened(tmp_path / "copy.db") as session:
        assert session.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_what_cannot_be_proven_is_refused() -> None:
    dialect = GeneralDialect(Place("mssql+pymssql", "shop", "db.example.com", 1433, "reader", "secret"), "shop")
    with pytest.raises(Refusal, match="cannot be frozen"):
        dialect.freeze()
    assert "secret" not in repr(dialect)
