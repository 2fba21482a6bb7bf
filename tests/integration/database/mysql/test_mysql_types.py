"""Values of every type of MariaDB, retired through the DAG: each is on the target as it was, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.databases import Databases
from services.legacy import shop_spec
from services.mariadb import MariaDb, mariadb_server
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCRIPT = r"""
CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
SET NAMES utf8mb4; SET time_zone = '+00:00'; SET sql_mode = 'ALLOW_INVALID_DATES';
CREATE TABLE words (
  id INT PRIMARY KEY, latin VARCHAR(50) CHARACTER SET latin1, three VARCHAR(50) CHARACTER SET utf8mb3,
  four VARCHAR(50), fixed CHAR(6), long_one LONGTEXT, doc JSON, kind ENUM('a', 'b ', 'ü'), many SET('x', 'y', 'z'));
INSERT INTO words VALUES
  (1, 'Zürich', '東京', '😀', 'ab', 'a\\b\tc\nd\re', '{"n": 1.50, "a":  [1]}', 'a', 'x,z'),
  (2, '', '', '', '', '', '""', 'b ', ''),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, '\\N', 'NULL', ' lead', ' in ', 'trail ', 'null', 'ü', 'y'),
  (5, '\\.', '\\', '\\\\', 'a''b', repeat('x', 1000000), '[]', 'a', 'x,y,z');
CREATE TABLE raw (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, b BINARY(4), v VARBINARY(20), bl LONGBLOB, u UUID, ip INET6, p POINT);
INSERT INTO raw VALUES
  (1, 'ab', x'00FF5C0A09', x'', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1', ST_GeomFromText('POINT(1 2)')),
  (2, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, x'0A0D095C', '\\N', repeat(x'5C', 100000), 'ffffffff-ffff-ffff-ffff-ffffffffffff', '2001:db8::ff', NULL);
CREATE TABLE uses_raw (id INT PRIMARY KEY, raw_id BIGINT UNSIGNED, CONSTRAINT to_raw
  FOREIGN KEY (raw_id) REFERENCES raw (id));
INSERT INTO uses_raw VALUES (1, 3), (2, NULL);
CREATE TABLE numbers (
  id INT PRIMARY KEY, f FLOAT, d DOUBLE, dec0 DECIMAL(10), dec5 DECIMAL(10, 5) ZEROFILL, y YEAR, big BIT(64),
  twice DOUBLE GENERATED ALWAYS AS (d * 2) STORED, checked INT CHECK (checked BETWEEN 1 AND 9), INDEX (dec0, y));
INSERT INTO numbers (id, f, d, dec0, dec5, y, big, checked) VALUES
  (1, 0.1, 0.1, -7, 3.14159, 2024, 18446744073709551615, 5),
  (2, 3.4028235e38, 1e15, 9999999999, 0, 1901, 0, 1),
  (3, -1.5e-45, 123456789012345680, 0, 99999.99999, NULL, 1, 9),
  (4, 16777216, 1e-5, NULL, NULL, 2155, NULL, NULL),
  (5, '-0.0', 5.2990648348713776e+16, 1, 1, 2000, 9223372036854775808, 2);
CREATE TABLE moments (
  id INT PRIMARY KEY, d DATE, t TIME, t6 TIME(6), dt DATETIME, dt3 DATETIME(3), ts6 TIMESTAMP(6) NULL,
  made DATETIME DEFAULT CURRENT_TIMESTAMP, word VARCHAR(20) NOT NULL DEFAULT 'it''s', n INT DEFAULT 7);
INSERT INTO moments (id, d, t, t6, dt, dt3, ts6) VALUES
  (1, '9999-12-31', '838:59:59', '-838:59:59', '9999-12-31 23:59:59',
   '2024-02-29 12:00:00.120', '2038-01-19 03:14:07.999999'),
  (2, '0001-01-01', '-00:00:01', '00:00:00.000001', '1000-01-01 00:00:00',
   '2024-01-01 00:00:00', '1970-01-01 00:00:01'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE `Odd; "Näme` (`a``b` INT, `select` TEXT, `%s {{ ds }}` INT);
INSERT INTO `Odd; "Näme` VALUES (1, 'x', 2), (1, 'x', 2), (NULL, NULL, NULL);
CREATE VIEW big_numbers AS SELECT id, dec0 FROM numbers WHERE dec0 > 100;
CREATE TABLE `Case` (id INT PRIMARY KEY, v INT);
CREATE TABLE `case` (id INT PRIMARY KEY, V INT);
INSERT INTO `Case` VALUES (1, 10); INSERT INTO `case` VALUES (1, 20);
CREATE VIEW upper_case AS SELECT c.V AS v FROM `Case` AS c;
CREATE VIEW lower_case AS SELECT v FROM `case`;
CREATE USER app@localhost;
GRANT SELECT ON shop.* TO app@localhost;
GRANT UPDATE (four) ON shop.words TO app@localhost;
CREATE TRIGGER t BEFORE INSERT ON words FOR EACH ROW SET NEW.fixed = 'x';
CREATE PROCEDURE p() SELECT 1;
CREATE FULLTEXT INDEX words_of ON words (four);
CREATE INDEX beginning ON words (long_one(10));
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_server() as running:
        running.load(SCRIPT)
        yield running


@pytest.fixture(scope="module")
def retired(
    server: MariaDb, pg_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Endpoint, Retirement]]:
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("mysql-types")
    target = databases.make("target")
    with connections(folder, shop_db=server.connection("shop"), target_db=target, sandbox_db=pg_server.endpoint):
        spec = shop_spec(
            folder, **{", schemas: [shop]": "", "sum(amount) from shop.orders": "count(*) from shop.words"}
        )
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        run = Retirement(spec, "execute")
        run.run_through("close.verdict")
        yield target, run
    databases.drop_all()


def column(retired: tuple[Endpoint, Retirement], name: str, table: str) -> list[Any]:
    with connect(retired[0], "tests") as link:
        query = f"SELECT {name}::text FROM shop.{table} AS t ORDER BY t.id"
        return [value for (value,) in link.execute(query.encode()).fetchall()]


@pytest.mark.parametrize(
    ("table", "name", "values"),
    [
        ("words", "latin", ["Zürich", "", None, "\\N", "\\."]),
        ("words", "three", ["東京", "", None, "NULL", "\\"]),
        ("words", "four", ["😀", "", None, " lead", "\\\\"]),
        ("words", "fixed", ["ab", "", None, " in", "a'b"]),
        ("words", "md5(long_one)", None),
        ("words", "doc", ['{"n": 1.50, "a":  [1]}', '""', None, "null", "[]"]),
        ("words", "kind", ["a", "b", None, "ü", "a"]),
        ("words", "many", ["x,z", "", None, "y", "x,y,z"]),
        ("raw", "b", ["\\x61620000", None, "\\x0a0d095c"]),
        ("raw", "v", ["\\x00ff5c0a09", None, "\\x5c4e"]),
        ("raw", "octet_length(bl)", ["0", None, "100000"]),
        ("raw", "u", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", None, "ffffffff-ffff-ffff-ffff-ffffffffffff"]),
        ("raw", "ip", ["::1", None, "2001:db8::ff"]),
        ("raw", "p", ["\\x000000000101000000000000000000f03f0000000000000040", None, None]),
        ("numbers", "f", ["0.10000000149011612", "3.4028234663852886e+38", "-1.401298464324817e-45", "16777216", "0"]),
        ("numbers", "d", ["0.1", "1e+15", "1.2345678901234568e+17", "1e-05", "5.2990648348713776e+16"]),
        ("numbers", "dec0", ["-7", "9999999999", "0", None, "1"]),
        ("numbers", "dec5", ["3.14159", "0.00000", "99999.99999", None, "1.00000"]),
        ("numbers", "y", ["2024", "1901", None, "2155", "2000"]),
        ("numbers", "big", ["18446744073709551615", "0", "1", None, "9223372036854775808"]),
        ("numbers", "twice", ["0.2", "2e+15", "2.4691357802469136e+17", "2e-05", "1.0598129669742755e+17"]),
        ("moments", "d", ["9999-12-31", "0001-01-01", None]),
        ("moments", "t", ["838:59:59", "-00:00:01", None]),
        ("moments", "t6", ["-838:59:59", "00:00:00.000001", None]),
        ("moments", "dt3", ["2024-02-29 12:00:00.12", "2024-01-01 00:00:00", None]),
        ("moments", "ts6", ["2038-01-19 03:14:07.999999", "1970-01-01 00:00:01", None]),
        ("uses_raw", "raw_id", ["3", None]),
    ],
)
def test_a_column(retired: tuple[Endpoint, Retirement], table: str, name: str, values: list[str | None] | None) -> None:
    if values is None:
        values = [
            hash_
            for (hash_,) in rows(
                retired,
                "SELECT md5(x) FROM (VALUES (E'a\\\\b\\tc\\nd\\re'), (''), (NULL), "
                "('trail '), (repeat('x', 1000000))) AS v(x)",
            )
        ]
    assert column(retired, name, table) == values


def rows(retired: tuple[Endpoint, Retirement], query: str) -> list[tuple[Any, ...]]:
    with connect(retired[0], "tests") as link:
        return link.execute(query.encode()).fetchall()


def test_keys_defaults_and_views(retired: tuple[Endpoint, Retirement]) -> None:
    assert rows(retired, "SELECT nextval(pg_get_serial_sequence('shop.raw', 'id'))") == [(4,)]
    assert rows(retired, "SELECT id FROM shop.big_numbers") == [(2,)]
    assert rows(retired, "SELECT u.v, l.* FROM shop.upper_case AS u, shop.lower_case AS l") == [(10, 20)]
    defaults = "INSERT INTO shop.moments (id) VALUES (9) RETURNING word, n, made > now() - interval '1 minute'"
    assert rows(retired, defaults) == [("it's", 7, True)]
    odd = 'SELECT "a`b", "select", "%s {{ ds }}" FROM shop."Odd; ""Näme" ORDER BY 1'
    assert rows(retired, odd) == [(1, "x", 2), (1, "x", 2), (None, None, None)]
    checks = "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND conrelid = 'shop.numbers'::regclass"
    assert rows(retired, checks) == [(1,)]


def test_what_stays_behind_is_named(retired: tuple[Endpoint, Retirement]) -> None:
    catalogue = retired[1].dossier.latest("discover", "shop")
    assert catalogue is not None
    left = {(asset["kind"], asset["name"]) for asset in catalogue["assets"] if asset["kind"] not in ("table", "view")}
    assert left == {
        ("trigger", "t"),
        ("routine", "p"),
        ("index", "words.words_of"),
        ("index", "words.beginning"),
        ("generated column", "numbers.twice"),
        ("list of values", "words.kind"),
        ("list of values", "words.many"),
        ("grants", "'app'@'localhost'"),
    }
