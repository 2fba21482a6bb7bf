"""Chinook, retired out of a SQLite file by the general path; judged against Chinook's own variant for PostgreSQL."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, approval, connections
from services.samples import load
from services.scheduling import go_on
from services.sqlite_file import chinook, connection_to
from sunset.cli import main
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SPEC = {
    "schemas: [shop]": "parallel: 2",
    "sql: select sum(amount) from shop.orders": "sql: 'select round(sum(Total) * 100), count(*) from Invoice', "
    'target_sql: \'select round(sum("Total") * 100), count(*) from shop."Invoice"\'',
}
PUBLISHED = (",Edinburgh,", ',"Edinburgh ",')
"""Two rows end in a space in SQLite's variant as published, and in no other."""
TABLES = (
    "Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType", "Playlist",
    "PlaylistTrack", "Track",
)  # fmt: skip


@dataclass(frozen=True)
class Retired:
    """What an execution left: the file, two databases, a dossier and a bag."""

    file: Path
    target: Endpoint
    truth: Endpoint
    run: Retirement
    bag: Path


@pytest.fixture(scope="module")
def retired(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retired]:
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("sqlite")
    file, target, truth = chinook(folder / "chinook.db"), databases.make("target"), databases.make("truth")
    load("chinook", truth)
    with connections(folder, shop_db=connection_to(file), target_db=target, sandbox_db=databases.server):
        spec = shop_spec(folder, **SPEC)
        assert go_on(Retirement(spec, "rehearse", run_id="first")) == {}
        run = Retirement(spec, "execute")
        run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
        assert go_on(run) == {}
        (bag,) = (folder / "archive" / "bags" / "shop").glob("manual__*")
        yield Retired(file, target, truth, run, bag)
    databases.drop_all()


def test_the_run_is_green_and_its_figures_add_up(retired: Retired) -> None:
    verdict = retired.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"]
    assert (verdict["rows"], verdict["quarantined"]) == (15_607, {})
    assert (verdict["tables"], verdict["checksums_equal"]) == (11, 11)
    assert 0 < verdict["checks"] == verdict["checks_passed"]
    validation = retired.run.dossier.latest("validate", "shop-validation")
    assert validation is not None
    assert validation["statistics"]["checks"] == 1
    assert validation["statistics"]["sampled"] > 500


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_the_one_of_chinook_for_postgresql(retired: Retired, table: str) -> None:
    truth = re.sub(r"(?<=.)(?=[A-Z])", "_", table).lower()
    expected = [row.replace(*PUBLISHED) for row in rows_of(retired.truth, sql.Identifier("public", truth))]
    assert rows_of(retired.target, sql.Identifier("shop", table)) == sorted(expected)
    assert expected


def rows_of(database: Endpoint, table: sql.Identifier) -> list[str]:
    with connect(database, "tests") as link:
        return sorted(row[0] for row in link.execute(sql.SQL("SELECT t::text FROM {} AS t").format(table)).fetchall())


def test_keys_and_foreign_keys_are_those_of_chinook_for_postgresql(retired: Retired) -> None:
    query = """
        SELECT contype::text, lower(replace(conrelid::regclass::text, '"', '')), cardinality(conkey), convalidated
        FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace = %s::regnamespace
    """
    found = []
    for database, namespace in ((retired.target, "shop"), (retired.truth, "public")):
        with connect(database, "tests") as link:
            rows = link.execute(query, [namespace]).fetchall()
            found.append(
                sorted(
                    (kind, table.replace("shop.", "").replace("public.", "").replace("_", ""), *rest)
                    for kind, table, *rest in rows
                )
            )
    assert found[0] == found[1]
    assert len(found[0]) == 22


def test_counting_goes_on_where_sqlite_would(retired: Retired) -> None:
    with connect(retired.target, "tests", {"default_transaction_read_only": "off"}) as link:
        (given,) = link.execute('INSERT INTO shop."Artist" ("Name") VALUES (NULL) RETURNING "ArtistId"').fetchone()  # type: ignore[misc]
        link.execute('DELETE FROM shop."Artist" WHERE "ArtistId" = %s', [given])
    assert given == 276


def test_the_file_stays_frozen_after_the_cutover(retired: Retired) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite3.connect(retired.file).execute("DELETE FROM Artist")


def test_the_bag_holds_every_table_in_open_formats(retired: Retired) -> None:
    import pyarrow.parquet as pq

    files = sorted(retired.bag.rglob("*.parquet"))
    assert sum(pq.ParquetFile(file).metadata.num_rows for file in files) == 15_607
    (script,) = retired.bag.rglob("schema.sql")
    assert script.read_text(encoding="utf-8").count("CREATE TABLE") == 11
    assert main(["verify", str(retired.bag)]) == 0
