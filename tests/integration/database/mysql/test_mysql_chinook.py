"""Chinook, retired out of MariaDB; judged against Chinook's own variant for PostgreSQL. Then everything goes wrong."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from services.databases import Databases
from services.legacy import shop_spec
from services.mariadb import MariaDb, mariadb_server
from services.retirement import Retirement, connections
from services.samples import load
from sunset.database.foreign.resolve import resolve
from sunset.database.mysql.dialect import MySqlDialect
from sunset.database.mysql.place import session
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation, Refusal
from sunset.spec import Spec

pytestmark = [pytest.mark.integration, pytest.mark.slow]

DATABASE = "Chinook_AutoIncrement"
INPUT = Path(__file__).parents[3] / "data" / "chinook" / "mysql.sql.gz"
PUBLISHED = ((",Edinburgh,", ',"Edinburgh ",'), (r"\\ ", " "))
"""Two towns end in a space in MySQL's variant as published, and MySQL takes a backslash before a space for nothing."""
TABLES = (
    "Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType", "Playlist",
    "PlaylistTrack", "Track",
)  # fmt: skip


def chinook_spec(folder: Path) -> Spec:
    checked = 'select sum(Total), count(*) from Invoice", target_sql: "select sum(\\"Total\\"), count(*) from '
    return shop_spec(
        folder,
        **{
            ", schemas: [shop]": "",
            "sql: select sum(amount) from shop.orders": f'sql: "{checked}\\"{DATABASE}\\".\\"Invoice\\""',
        },
    )


@dataclass(frozen=True)
class Retired:
    """What an execution left on the target, and the truth."""

    target: Endpoint
    truth: Endpoint
    run: Retirement


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_server() as running:
        running.load(gzip.decompress(INPUT.read_bytes()).decode("utf-8-sig"))
        yield running


@pytest.fixture(scope="module")
def retired(server: MariaDb, pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retired]:
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("chinook")
    target, truth = databases.make("target"), databases.make("truth")
    load("chinook", truth)
    with connections(folder, shop_db=server.connection(DATABASE), target_db=target, sandbox_db=databases.server):
        Retirement(chinook_spec(folder), "rehearse", run_id="first").run_through("rehearse.record_round")
        run = Retirement(chinook_spec(folder), "execute")
        run.run_through("close.verdict")
        yield Retired(target, truth, run)
    server.run("mysql", "SET GLOBAL read_only = OFF")
    databases.drop_all()


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_the_one_of_chinook_for_postgresql(retired: Retired, table: str) -> None:
    truth = re.sub(r"(?<=.)(?=[A-Z])", "_", table).lower()
    expected = rows_of(retired.truth, sql.Identifier("public", truth))
    for told, published in PUBLISHED:
        expected = [row.replace(told, published) for row in expected]
    assert rows_of(retired.target, sql.Identifier(DATABASE, table)) == sorted(expected)
    assert expected


def rows_of(database: Endpoint, table: sql.Identifier) -> list[str]:
    with connect(database, "tests") as link:
        return sorted(row[0] for row in link.execute(sql.SQL("SELECT t::text FROM {} AS t").format(table)).fetchall())


def test_the_figures_add_up_and_the_source_stays_frozen(retired: Retired, server: MariaDb) -> None:
    verdict = retired.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert (verdict["held"], verdict["rows"], verdict["tables"], verdict["checksums_equal"]) == (True, 15_607, 11, 11)
    server.run(
        "mysql", "CREATE USER IF NOT EXISTS writer@localhost IDENTIFIED BY 'w'", "GRANT ALL ON *.* TO writer@localhost"
    )
    with session(server.on("mysql")) as link:
        assert link.one("SELECT @@global.read_only") == (1,)


@pytest.fixture
def rehearsed(
    server: MariaDb, make_database: Any, pg_server: Any, tmp_path: Path
) -> Iterator[tuple[Retirement, Endpoint]]:
    """A run that has passed its gate and frozen nothing yet, after a clean round."""
    target = make_database("target")
    with connections(tmp_path, shop_db=server.connection(DATABASE), target_db=target, sandbox_db=pg_server.endpoint):
        Retirement(chinook_spec(tmp_path), "rehearse", run_id="first").run_through("rehearse.record_round")
        run = Retirement(chinook_spec(tmp_path), "execute")
        run.run_through("approve.read_answer")
        yield run, target
    server.run("mysql", "SET GLOBAL read_only = OFF")


def test_damage_on_the_target_and_writes_on_the_source_are_named(
    rehearsed: tuple[Retirement, Endpoint], server: MariaDb
) -> None:
    run, target = rehearsed
    run.run_through("validate.shop.source_stood_still", "freeze.shop.freeze")
    with connect(target, "tests", {"default_transaction_read_only": "off"}) as link:
        link.execute(f'UPDATE "{DATABASE}"."Track" SET "Name" = \'x\' WHERE "TrackId" = 17'.encode())
        link.execute(f'DELETE FROM "{DATABASE}"."PlaylistTrack" WHERE "PlaylistId" = 1 AND "TrackId" = 17'.encode())
    with pytest.raises(Deviation) as error:
        run.run("validate.shop.compare")
    said = str(error.value.differences)
    assert "TrackId=17 changed" in said
    assert "PlaylistId=1, TrackId=17 missing" in said

    # An account with SUPER may write in spite of read_only; that it did is proven.
    server.run(DATABASE, "UPDATE Artist SET Name = 'x' WHERE ArtistId = 5")
    try:
        with pytest.raises(Deviation, match="the source was changed after the freeze"):
            run.run("validate.shop.source_stood_still")
        server.run("mysql", "SET GLOBAL read_only = OFF")
        with pytest.raises(Refusal, match="the server can be written to: read_only is off"):
            run.run("validate.shop.source_stood_still")
    finally:
        server.run(DATABASE, "UPDATE Artist SET Name = 'Alice In Chains' WHERE ArtistId = 5")


def test_a_copy_that_broke_off_goes_on(
    rehearsed: tuple[Retirement, Endpoint], monkeypatch: pytest.MonkeyPatch, server: MariaDb
) -> None:
    run, target = rehearsed
    run.run_through("migrate.shop.prepare", "freeze.shop.freeze")
    from sunset.database.mysql.reader import MySqlReader

    whole, sent = MySqlReader.send, []

    def breaking(self: Any, table: Any, *rest: Any) -> Any:
        sent.append(table.name)
        if len(sent) == 5:
            server.run("mysql", f"KILL CONNECTION {self.session.connection.thread_id()}")
        return whole(self, table, *rest)

    monkeypatch.setattr(MySqlReader, "send", breaking)
    with pytest.raises(Exception, match="went away or was busy"):
        run.run("migrate.shop.copy")
    monkeypatch.undo()
    run.run_through("validate.shop.compare", "migrate.shop.copy")
    with connect(target, "tests") as link:
        assert link.execute(f'SELECT count(*) FROM "{DATABASE}"."Track"'.encode()).fetchone() == (3503,)


def test_all_readers_see_one_state(server: MariaDb) -> None:
    server.run(
        "mysql", "DROP DATABASE IF EXISTS moving", "CREATE DATABASE moving",
        "CREATE TABLE moving.one (id INT AUTO_INCREMENT PRIMARY KEY)", "CREATE TABLE moving.two (id INT PRIMARY KEY)",
    )  # fmt: skip
    dialect, stop = MySqlDialect(server.on("moving"), zero_dates_as_null=False), threading.Event()

    def write() -> None:
        with session(server.on("moving")) as link:
            number = 0
            while not stop.is_set():
                number += 1
                link.run("BEGIN")
                link.run(f"INSERT INTO one VALUES ({number})")
                link.run(f"INSERT INTO two VALUES ({number})")
                link.run("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        tables = resolve(dialect.schema(), (), ()).tables
        for _ in range(10):
            with dialect.snapshot(2) as readers:
                assert len(readers) == 2
                facts = [
                    reader.fact(table, dialect.units([table])[0], print)
                    for reader, table in zip(readers, tables, strict=True)
                ]
            assert facts[0].rows == facts[1].rows
    finally:
        stop.set()
        writer.join()
    assert facts[0].rows > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong-Pa55"}, r"the server refused the login as 'root' \(MySQL error 1045\)"),
        ({"schema": "nowhere"}, r"the server refused the login as 'root' \(MySQL error 1049\)"),
        ({"port": 9}, r"the server went away or was busy \(MySQL error 2003\)"),
        ({"schema": ""}, "needs a host, a login and a database"),
    ],
)
def test_bad_connections(
    server: MariaDb, make_database: Any, pg_server: Any, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    place = {**server.connection(DATABASE), **changes}
    with connections(tmp_path, shop_db=place, target_db=make_database(), sandbox_db=pg_server.endpoint):
        run = Retirement(chinook_spec(tmp_path), "dry_run")
        run.run_through("announce.preview")
        with pytest.raises(Exception, match=said) as error:
            run.run("discover.shop.catalogue")
    assert "wrong-Pa55" not in str(error.value)
