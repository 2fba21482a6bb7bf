"""Values that SQLite takes and PostgreSQL may not: each ends exact, in quarantine, or refused by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, connections
from services.scheduling import go_on
from services.sqlite_file import column_rows, connection_to, make
from sunset.database.foreign.model import Column, Table
from sunset.database.foreign.quarantine import Bucket
from sunset.database.foreign.reader import BadRow
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation, Refusal

pytestmark = pytest.mark.integration

GOOD = """
CREATE TABLE exact (
  id INTEGER PRIMARY KEY, i INT, price NUMERIC(8,2), n NUMERIC, f REAL, t TEXT, b BLOB, d DATE, at DATETIME, c TIME,
  yes BOOLEAN, anything, v VARCHAR(5), j JSON);
INSERT INTO exact VALUES
  (1, 9223372036854775807, 0.1, 12345678901234567, 5e-324, '', x'', '2000-02-29', '0001-01-01 00:00:00', '23:59:59', 1,
   7, 'abcde', '{"b":1,  "a":2}'),
  (2, -9223372036854775808, -999999.99, 0.30000000000000004, 1e15, char(9, 10, 13) || '\\N\\', x'00ff5c', '9999-12-31',
   '2001-02-03T04:05:06.120', '00:00', 0, 'x', 'äöüßé', '[1e400]'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 0, 7, 1e300, -0.0, 'NULL', x'5c4e', '1900-01-01', '2001-02-03', '12:30:15.5', 1, 1.5, ' a ', 'null'),
  (5, 1, 0, -1, 9e999, '\\N', NULL, NULL, NULL, NULL, NULL, -9e999, '', '"x"');
CREATE TABLE "Odd ""name%s" (
  "a.b" TEXT, "{{ ds }}" INTEGER, "select" TEXT DEFAULT 'it''s', PRIMARY KEY ("a.b", "select"));
INSERT INTO "Odd ""name%s" VALUES ('x', 1, '%s'), ('y	z', 2, 'b\\');
CREATE TABLE doubles (a INT, b TEXT);
INSERT INTO doubles VALUES (1, 'x'), (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL);
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, n INT DEFAULT 5
  CHECK (n > 0), UNIQUE (n));
INSERT INTO counted (n) VALUES (1), (2), (9); DELETE FROM counted WHERE n = 9;
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INT REFERENCES COUNTED (ID) ON DELETE CASCADE);
INSERT INTO child VALUES (1, 1), (2, 77), (3, NULL);
CREATE INDEX by_parent ON child (parent);
CREATE INDEX by_half ON child (parent / 2);
CREATE VIEW open_ones AS SELECT n, count(*) AS children FROM COUNTED c JOIN child ON c.ID = child.PARENT GROUP BY n;
CREATE VIEW all_of_them AS SELECT * FROM open_ones;
CREATE TRIGGER touch AFTER INSERT ON child BEGIN DELETE FROM doubles; END;
CREATE VIRTUAL TABLE notes USING fts5(title, body);
INSERT INTO notes VALUES ('one', 'body of one');
"""
BAD = """
CREATE TABLE bad (
  id INTEGER PRIMARY KEY, i INTEGER, price NUMERIC(8,2), f REAL, t TEXT, b BLOB, d DATE, at DATETIME, yes BOOLEAN,
  v VARCHAR(3), must TEXT NOT NULL);
INSERT INTO bad (id, must) VALUES (1, 'good');
INSERT INTO bad (id, i, must) VALUES (2, 'abc', '');
INSERT INTO bad (id, i, must) VALUES (3, 9223372036854775808, '');
INSERT INTO bad (id, i, must) VALUES (4, 1.5, '');
INSERT INTO bad (id, price, must) VALUES (5, 1.005, '');
INSERT INTO bad (id, price, must) VALUES (6, 1000000, '');
INSERT INTO bad (id, f, must) VALUES (7, 'many', '');
INSERT INTO bad (id, t, must) VALUES (8, x'ff', '');
INSERT INTO bad (id, t, must) VALUES (9, 'a' || char(0) || 'b', '');
INSERT INTO bad (id, t, must) VALUES (10, CAST(x'c328' AS TEXT), '');
INSERT INTO bad (id, b, must) VALUES (11, 'text', '');
INSERT INTO bad (id, d, must) VALUES (12, 'abc', '');
INSERT INTO bad (id, d, must) VALUES (13, '2023-02-29', '');
INSERT INTO bad (id, d, must) VALUES (14, '0000-00-00', '');
INSERT INTO bad (id, d, must) VALUES (15, 20230101, '');
INSERT INTO bad (id, at, must) VALUES (16, '2023-01-01 00:00:00Z', '');
INSERT INTO bad (id, at, must) VALUES (17, '2023-01-01 00:00:00.1234567', '');
INSERT INTO bad (id, yes, must) VALUES (18, 2, '');
INSERT INTO bad (id, v, must) VALUES (19, 'long', '');
CREATE TABLE keyless (k TEXT PRIMARY KEY, v INT);
INSERT INTO keyless VALUES (NULL, 1), (NULL, 1), ('secret', 'x');
"""
REASONS = {
    2: "text in a column of whole numbers",
    3: "a fraction in a column of whole numbers",
    4: "a fraction in a column of whole numbers",
    5: "more digits behind the point than numeric(8,2) holds",
    6: "more digits before the point than numeric(8,2) holds",
    7: "text in a column of numbers",
    8: "bytes in a column of text",
    9: "a zero byte, which PostgreSQL's text does not hold",
    10: "bytes that are no UTF-8",
    11: "text in a column of bytes",
    12: "text that is no date",
    13: "a day that is not in the calendar",
    14: "a day that is not in the calendar",
    15: "a whole number that is no date",
    16: "text that is no date and time",
    17: "parts of a second below a microsecond",
    18: "neither 0 nor 1",
    19: "more characters than character varying(3) holds",
}
STAGES = ("assess", "migrate", "validate")
PLAIN = {"schemas: [shop]": "parallel: 1", "select sum(amount) from shop.orders": "select 1"}


@pytest.fixture(scope="module")
def places(pg_server: Any) -> Iterator[Databases]:
    databases = Databases(pg_server.endpoint)
    yield databases
    databases.drop_all()


def retired(databases: Databases, folder: Path, script: str, **replacements: str) -> tuple[Any, Endpoint, Any]:
    """The records, by stage and name, of an execution of what a script makes, its target, and what failed before."""
    file, target = make(folder / "shop.db", script), databases.make("target")
    spec = shop_spec(folder, **{**PLAIN, **replacements})
    with connections(folder, shop_db=connection_to(file), target_db=target, sandbox_db=databases.server):
        errors = go_on(Retirement(spec, "rehearse", run_id="first"))
        run = Retirement(spec, "execute")
        if not errors:
            run.run_through("validate.shop.compare")
        return {stage: run.dossier.records(stage) for stage in STAGES}, target, errors


@pytest.fixture(scope="module")
def exact(places: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Endpoint]:
    records, target, errors = retired(places, tmp_path_factory.mktemp("exact"), GOOD)
    assert not errors, getattr(next(iter(errors.values())), "differences", 0)
    return records, target


def test_every_value_that_fits_is_exact(exact: tuple[Any, Endpoint]) -> None:
    rows = column_rows(exact[1], "SELECT whole::text FROM shop.exact AS whole ORDER BY id")
    assert rows == [
        '(1,9223372036854775807,0.10,12345678901234567,5e-324,"","\\\\x",2000-02-29,"0001-01-01 00:00:00",23:59:59,t,7,'
        'abcde,"{""b"":1,  ""a"":2}")',
        '(2,-9223372036854775808,-999999.99,0.30000000000000004,1e+15,"\t\n\r\\\\N\\\\","\\\\x00ff5c",9999-12-31,'
        '"2001-02-03 04:05:06.12",00:00:00,f,x,äöüßé,[1e400])',
        "(3,,,,,,,,,,,,,)",
        f'(4,0,7.00,1{"0" * 300},0,NULL,"\\\\x5c4e",1900-01-01,"2001-02-03 00:00:00",12:30:15.5,t,1.5," a ",null)',
        '(5,1,0.00,-1,Infinity,"\\\\N",,,,,,-Infinity,"","""x""")',
    ]


def test_names_doubles_and_full_text_come_over(exact: tuple[Any, Endpoint]) -> None:
    odd = 'SELECT "a.b", "{{ ds }}", "select" FROM shop."Odd ""name%s" ORDER BY 1'
    assert column_rows(exact[1], odd) == [("x", 1, "%s"), ("y\tz", 2, "b\\")]
    assert column_rows(exact[1], "SELECT a, b, count(*) FROM shop.doubles GROUP BY 1, 2 ORDER BY 1") == [
        (1, "x", 3),
        (None, None, 2),
    ]
    assert column_rows(exact[1], "SELECT title, body FROM shop.notes") == [("one", "body of one")]


def test_definitions_come_over_or_are_named(exact: tuple[Any, Endpoint]) -> None:
    records, target = exact
    with (
        connect(target, "tests", {"default_transaction_read_only": "off"}) as link,
        link.transaction(force_rollback=True),
    ):
        row = link.execute("INSERT INTO shop.counted DEFAULT VALUES RETURNING id, n, at IS NOT NULL").fetchone()
    assert row == (4, 5, True)
    assert column_rows(target, "SELECT n, children FROM shop.all_of_them") == [(1, 1)]
    keys = "SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('f', 'c')"
    assert [row for row in sorted(column_rows(target, keys)) if "child" in row[0] or "counted" in row[0]] == [
        (
            "child_parent_fkey",
            False,
            "FOREIGN KEY (parent) REFERENCES shop.counted(id) ON DELETE CASCADE NOT VALID",
        ),
        ("counted_check", True, "CHECK ((n > 0))"),
    ]
    findings = records["assess"]["shop"]["findings"]
    named = {(finding["code"], finding["subject"]) for finding in findings}
    assert {("not_carried", f"shop.{name}") for name in ("touch", "by_half", "notes", "notes_data")} <= named
    assert ("orphans", "shop.child") in named


def test_without_leave_the_run_is_refused_by_name(places: Databases, tmp_path: Path) -> None:
    _, target, errors = retired(places, tmp_path, BAD)
    first = errors["assess.shop.preflight"]
    assert isinstance(first, Deviation)
    said = "\n".join(first.differences)
    for reason in REASONS.values():
        assert reason in said
    assert "value_does_not_fit: shop.bad: 1 rows do not fit: column 'yes' (boolean) of id=18: neither 0 nor 1." in said
    assert "secret" not in said
    assert column_rows(target, "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'shop|sunset'") == [0]


def test_with_leave_they_are_in_quarantine_and_counted(places: Databases, tmp_path: Path) -> None:
    allowed = {"schemas: [shop]": "quarantine: {rows: 21}"}
    records, target, errors = retired(places, tmp_path, BAD, **allowed)
    assert not errors, getattr(next(iter(errors.values())), "differences", 0)
    assert column_rows(target, "SELECT id FROM shop.bad") == [1]
    kept = column_rows(target, """SELECT key, reason FROM sunset_quarantine.rows WHERE "table" = 'shop.bad'""")
    assert sorted(kept) == sorted((f"id={key}", reason) for key, reason in REASONS.items())
    (row,) = column_rows(target, "SELECT row FROM sunset_quarantine.rows WHERE key = 'id=10'")
    assert json.loads(row)["t"] == {"base64 of text": "wyg="}
    packs = [record for name, record in records["migrate"].items() if "pack" in name]
    copied = {unit["unit"]: unit["fact"] for pack in packs for unit in pack["units"]}
    assert (copied["shop.bad"]["rows"], copied["shop.bad"]["quarantined"]) == (1, 18)
    assert (copied["shop.keyless"]["rows"], copied["shop.keyless"]["quarantined"]) == (0, 3)
    assert records["validate"]["shop-validation"]["statistics"]["quarantined"] == 21


def test_one_row_more_than_may_is_refused(places: Databases, tmp_path: Path) -> None:
    allowed = {"schemas: [shop]": "quarantine: {rows: 20}"}
    _, _, errors = retired(places, tmp_path, BAD, **allowed)
    assert set(errors) >= {"assess.shop.preflight"}


def test_a_row_that_turns_bad_after_the_preflight_stops_the_copy(places: Databases, tmp_path: Path) -> None:
    file = make(
        tmp_path / "shop.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, yes BOOLEAN); INSERT INTO t VALUES (1, 1);"
    )
    with connections(tmp_path, shop_db=connection_to(file), target_db=places.make("t"), sandbox_db=places.server):
        run = Retirement(shop_spec(tmp_path, **PLAIN), "rehearse")
        run.run_through("rehearse.shop.prepare")
        with closing(sqlite3.connect(file)) as session:
            session.execute("INSERT INTO t VALUES (7, 9)")
            session.commit()
        with pytest.raises(Refusal) as caught:
            run.run("rehearse.shop.copy")
        run.run("rehearse.shop.drop_sandbox")
    assert str(caught.value).startswith("shop.t: column 'yes' of id=7: neither 0 nor 1.")


def test_units_side_by_side_do_not_exceed_the_quarantine(make_database: Callable[..., Endpoint]) -> None:
    table = Table("s", "t", "s.t", (Column("id", "INTEGER", "bigint", "integer", nullable=False),))
    buckets = [Bucket(table, 3, [BadRow((), "id", "why", "{}")] * 2) for _ in range(2)]
    database = make_database()
    with connect(database, "one") as one, connect(database, "two") as two, ThreadPoolExecutor() as pool:
        with one.transaction():
            buckets[0].keep(one, "shop", "s.t [1/2]")
            waiting = pool.submit(in_transaction, two, lambda: buckets[1].keep(two, "shop", "s.t [2/2]"))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        with pytest.raises(Refusal, match="more than the 3 rows"):
            waiting.result(timeout=30)
    assert column_rows(database, "SELECT count(*) FROM sunset_quarantine.rows") == [2]


def in_transaction(link: psycopg.Connection, work: Callable[[], None]) -> None:
    with link.transaction():
        work()


def test_a_type_of_its_own_makes_a_value_fit(places: Databases, tmp_path: Path) -> None:
    script = "CREATE TABLE t (id INTEGER PRIMARY KEY, price NUMERIC(8,2), yes BOOLEAN DEFAULT 1);"
    script += "INSERT INTO t VALUES (1, 1.005, 2), (2, 3, 1);"
    types = "types: [{table: t, column: price, type: 'numeric(12,4)'}, {table: t, column: yes, type: smallint}]"
    _, target, errors = retired(places, tmp_path, script, **{"schemas: [shop]": types})
    assert not errors, getattr(next(iter(errors.values())), "differences", 0)
    assert column_rows(target, "SELECT id, price::text, yes FROM shop.t ORDER BY 1") == [
        (1, "1.0050", 2),
        (2, "3.0000", 1),
    ]


def test_a_type_for_a_column_that_is_not_there_is_refused(places: Databases, tmp_path: Path) -> None:
    types = "types: [{table: t, column: nope, type: text}]"
    script = "CREATE TABLE t (id INTEGER PRIMARY KEY)"
    _, _, errors = retired(places, tmp_path, script, **{"schemas: [shop]": types})
    assert "type_override: t.nope: names no column" in str(errors["assess.shop.preflight"])


def test_no_such_file_is_refused(places: Databases, tmp_path: Path) -> None:
    nowhere = connection_to(tmp_path / "nowhere.db")
    with connections(tmp_path, shop_db=nowhere, target_db=places.server, sandbox_db=places.server):
        errors = go_on(Retirement(shop_spec(tmp_path, **PLAIN), "dry_run"))
    assert isinstance(errors["discover.shop.catalogue"], Refusal)
    assert "there is no such file" in str(errors["discover.shop.catalogue"])
