"""Real problems of copies from MySQL as small inputs: retired through the operators, then checked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.databases import Databases
from services.legacy import shop_spec
from services.mariadb import MariaDb, mariadb_server
from services.places import rows
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Deviation
from sunset.spec import Spec

pytestmark = pytest.mark.integration

INPUT = Path(__file__).parent / "inputs" / "mysql.sql"
ZERO_DATES = "2 rows do not fit: column 'd' (date) of id=2: a zero or impossible date."


def mysql_spec(folder: Path, zero_dates: str) -> Spec:
    return shop_spec(
        folder,
        **{
            ", schemas: [shop]": f", zero_dates: {zero_dates}",
            "select sum(amount) from shop.orders": "select count(*) from o_mysql.child",
        },
    )


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_server() as running:
        running.load(INPUT.read_text(encoding="utf-8"))
        yield running


@pytest.fixture(scope="module")
def target(server: MariaDb, pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The target after a whole retirement in which zero dates become NULL."""
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("mysql")
    database = databases.make("target")
    places = {"shop_db": server.connection("o_mysql"), "target_db": database, "sandbox_db": pg_server.endpoint}
    with connections(folder, **places):
        spec = mysql_spec(folder, "'null'")
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        Retirement(spec, "execute").run_through("close.verdict")
    yield database
    databases.drop_all()


def column(database: Endpoint, name: str, table: str = "ints") -> list[Any]:
    return [value for (value,) in rows(database, f'SELECT "{name}"::text FROM o_mysql.{table} ORDER BY {table}.id')]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("t_s", ["-128", "127", "0", None]),
        ("t_u", ["0", "255", "128", None]),
        ("s_s", ["-32768", "32767", "0", None]),
        ("s_u", ["0", "65535", "32768", None]),
        ("m_s", ["-8388608", "8388607", "0", None]),
        ("m_u", ["0", "16777215", "8388608", None]),
        ("i_s", ["-2147483648", "2147483647", "0", None]),
        ("i_u", ["0", "4294967295", "2147483648", None]),
        ("b_s", ["-9223372036854775808", "9223372036854775807", "0", None]),
        ("b_u", ["0", "18446744073709551615", "9223372036854775808", None]),
        ("zf", ["7", "999999", "0", None]),
        ("flag1", ["0", "1", None, "1"]),
        ("flag9", ["0", "1", "2", "-1"]),
        ("bit1", ["0", "1", None, None]),
        ("bit8", ["0", "129", "255", None]),
        ("bit40", ["0", "549755813889", "23", None]),
        ("y", ["1901", "2155", "0", None]),
        (
            "dec65",
            [
                "-99999999999999999999999999999999999.999999999999999999999999999999",
                "99999999999999999999999999999999999.999999999999999999999999999999",
                "0.000000000000000000000000000001",
                None,
            ],
        ),
        ("f", ["-1.7976931348623157e+308", "5e-324", "0.1", None]),
    ],
)
def test_db_12_integers_bits_and_numbers(target: Endpoint, name: str, values: list[str | None]) -> None:
    assert column(target, name) == values


def test_db_12_the_next_id_and_the_key(target: Endpoint) -> None:
    assert rows(target, "SELECT nextval(pg_get_serial_sequence('o_mysql.ints', 'id'))") == [(3000000000,)]
    key = "SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'o_mysql.child'::regclass AND contype = 'f'"
    assert rows(target, key) == [("child_fk", True)]


def test_db_13_dates(target: Endpoint) -> None:
    assert column(target, "d", "zdates") == ["2001-02-03", None, None, "0009-12-04", "2007-08-09"]
    assert column(target, "dt", "zdates") == [
        "2001-02-03 04:05:06",
        None,
        None,
        "0009-12-04 00:00:00",
        "2007-08-09 10:11:12",
    ]
    assert column(target, "dn", "zdates") == [None, None, None, "1000-01-01 00:00:00", None]
    assert column(target, "up", "zdates") == [
        "2001-02-03 04:05:06",
        None,
        "2001-02-03 04:05:06",
        "1970-01-01 00:00:01",
        "2038-01-19 03:14:07",
    ]
    assert column(target, "d6", "zdates") == [
        "2001-02-03 04:05:06.123456",
        None,
        "2001-02-03 04:05:06",
        "9999-12-31 23:59:59.999999",
        "2007-08-09 10:11:12.000001",
    ]


def test_db_13_the_default_works(target: Endpoint) -> None:
    rows(target, "INSERT INTO o_mysql.zdates (id, d, dt) VALUES (9, now(), now()) RETURNING 1")
    assert rows(target, "SELECT abs(extract(epoch FROM d6 - localtimestamp)) < 5 FROM o_mysql.zdates WHERE id = 9") == [
        (True,)
    ]


def test_db_13_zero_dates_are_refused_before_the_copy_and_counted(
    server: MariaDb, pg_server: Any, make_database: Any, tmp_path: Path
) -> None:
    places = {
        "shop_db": server.connection("o_mysql"),
        "target_db": make_database(),
        "sandbox_db": pg_server.endpoint,
    }
    with connections(tmp_path, **places):
        run = Retirement(mysql_spec(tmp_path, "refuse"), "rehearse")
        with pytest.raises(Deviation) as error:
            run.run_through("rehearse.record_round")
        said = [line for line in error.value.differences if "zero or impossible date" in line]
        assert sum(int(line.partition(": o_mysql.zdates: ")[2].split()[0]) for line in said) == 7
        assert len(said) == 5
        assert run.dossier.latest("rehearse", "shop-backup") is None


def test_db_13_null_dates_are_counted(server: MariaDb, pg_server: Any, make_database: Any, tmp_path: Path) -> None:
    places = {
        "shop_db": server.connection("o_mysql"),
        "target_db": make_database(),
        "sandbox_db": pg_server.endpoint,
    }
    with connections(tmp_path, **places):
        run = Retirement(mysql_spec(tmp_path, "'null'"), "dry_run")
        run.run_through("plan.write")
        record = run.dossier.latest("assess", "shop")
        assert record is not None
        found = [each["message"] for each in record["findings"] if each["code"] == "zero_dates"]
    assert sum(int(message.split()[0]) for message in found) == 7
