"""Connections of the general path: what is missing is named, and no secret is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo.settings import postgres_connection
from services.legacy import shop_spec
from services.retirement import Retirement, connections
from services.sqlite_file import connection_to, make
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Refusal

pytestmark = pytest.mark.integration

NOBODY = Endpoint("127.0.0.1", 1, "nobody", "", "none")
LOGIN = {"host": "db.example.com", "login": "reader", "password": "S3cret", "schema": "crm"}


def refusal(folder: Path, source: dict[str, Any], **replacements: str) -> str:
    replaced = {"schemas: [shop]": "parallel: 1", "select sum(amount) from shop.orders": "select 1", **replacements}
    with connections(folder, shop_db=source, target_db=NOBODY, sandbox_db=NOBODY):
        run = Retirement(shop_spec(folder, **replaced), "dry_run")
        with pytest.raises(Refusal) as caught:
            run.run_through("discover.shop.catalogue")
    assert "S3cret" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"conn_type": "sqlite", "host": "shop.db"}, "needs the file's absolute path in its field Host."),
        ({"conn_type": "sqlite", "host": "/nowhere/shop.db"}, "there is no such file."),
        ({"conn_type": "oracle", **LOGIN}, "there is no driver for 'oracle+oracledb' here."),
        ({"conn_type": "generic", **LOGIN}, "and a driver where it is generic."),
        ({"conn_type": "generic", **LOGIN, "extra": {"driver": "nosuch"}}, "there is no driver for 'nosuch' here."),
        ({"conn_type": "mssql", "host": "db.example.com"}, "needs a host, a login, a database"),
        ({"conn_type": "redis", **LOGIN}, "Sunset has engines for"),
    ],
)
def test_a_connection_that_leads_nowhere_is_refused(tmp_path: Path, source: dict[str, Any], words: str) -> None:
    assert words in refusal(tmp_path, source)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("schemas: [main]", "`schemas` is for other than SQLite sources alone."),
        ("statement_timeout: 5m", "`statement_timeout` is for PostgreSQL and MySQL sources alone."),
        ("read_conn_id: other_db", "`read_conn_id` is for PostgreSQL sources alone."),
    ],
)
def test_what_the_path_does_not_do_is_refused(tmp_path: Path, asked: str, words: str) -> None:
    file = make(tmp_path / "shop.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)")
    assert words in refusal(tmp_path, connection_to(file), **{"schemas: [shop]": asked})


@pytest.mark.parametrize("asked", ["types: [{table: t, column: c, type: text}]", "quarantine: {rows: 1}"])
def test_what_is_for_other_databases_is_refused_for_postgresql(tmp_path: Path, asked: str) -> None:
    source = postgres_connection(NOBODY)
    words = f"`{asked.partition(':')[0]}` is for other than PostgreSQL sources alone."
    assert words in refusal(tmp_path, source, **{"schemas: [shop]": asked})


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    file.write_bytes(b"no database at all, but a text that is long enough to look at" * 20)
    assert "file is not a database" in refusal(tmp_path, connection_to(file))
