"""A copy out of a SQLite file, killed and retried, then damaged in one place after another: each is found by name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from services import children
from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, connections
from services.sqlite_file import column_rows, connection_to, make
from sunset.database.general import reader
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.throttle import Throttle
from sunset.errors import Deviation, Locked

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCRIPT = """
CREATE TABLE clicks (page TEXT, n INT);
WITH RECURSIVE g(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM g WHERE x < 5000)
  INSERT INTO clicks SELECT 'page' || (x % 10), x % 10 FROM g;
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, total NUMERIC(8,2), day DATE);
WITH RECURSIVE g(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM g WHERE x < 200)
  INSERT INTO orders SELECT x, 'c' || x, x / 4.0, CASE WHEN x % 100 THEN '2024-01-01' ELSE 'someday' END FROM g;
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INT REFERENCES orders);
INSERT INTO lines SELECT id, id FROM orders WHERE id % 100;
CREATE INDEX by_order ON lines (order_id);
"""
CLICKS = """
    SELECT count(*) || ':' || md5(string_agg(x, chr(10) ORDER BY x COLLATE "C"))
    FROM (SELECT c::text AS x FROM shop.clicks AS c) AS q
"""
RIGHT = "5000:" + hashlib.md5("\n".join(sorted(f"(page{x % 10},{x % 10})" for x in range(5000))).encode()).hexdigest()
DAMAGE = {
    "one value changed": (
        "UPDATE shop.orders SET total = total + 1 WHERE id = 17",
        "UPDATE shop.orders SET total = total - 1 WHERE id = 17",
        ("shop.orders", "row id=17 changed"),
    ),
    "one row gone": (
        "DELETE FROM shop.lines WHERE id = 18",
        "INSERT INTO shop.lines VALUES (18, 18)",
        ("shop.lines", "row id=18 missing"),
    ),
    "one row doubled without a key": (
        "INSERT INTO shop.clicks VALUES ('page3', 3)",
        "DELETE FROM shop.clicks WHERE ctid = (SELECT max(ctid) FROM shop.clicks)",
        ("shop.clicks", "5000 rows, the target 5001", "unexpected"),
    ),
    "a row gone from the quarantine": (
        "UPDATE sunset_quarantine.rows SET source = 'other' WHERE key = 'id=100'",
        "UPDATE sunset_quarantine.rows SET source = 'shop'",
        ("quarantine shop.orders: 2 rows of the source belong into quarantine, the target holds 1 there",),
    ),
    "a row changed in the quarantine": (
        "UPDATE sunset_quarantine.rows SET row = row || ' ' WHERE key = 'id=100'",
        "UPDATE sunset_quarantine.rows SET row = rtrim(row)",
        ("checksum shop.orders",),
    ),
    "an identity set back": (
        "SELECT setval('shop.orders_id_seq', 7)",
        "SELECT setval('shop.orders_id_seq', 201, false)",
        ("sequence shop.orders_id_seq", "next value is 201"),
    ),
    "an index dropped": (
        "DROP INDEX shop.by_order",
        "CREATE INDEX by_order ON shop.lines (order_id)",
        ("index", "by_order"),
    ),
    "a table too many": ("CREATE TABLE shop.extra (id int)", "DROP TABLE shop.extra", ("shop.extra",)),
}


@dataclass(frozen=True)
class Copied:
    """An execution that has come as far as the end of the copy, both of its copies killed once and retried."""

    run: Retirement
    target: Endpoint
    killed: tuple[int, ...]
    rows: tuple[str, ...]


@pytest.fixture(scope="module")
def copied(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp("faults")
    file, target = make(folder / "shop.db", SCRIPT), databases.make("target")
    replaced = {"schemas: [shop]": "quarantine: {rows: 2}", "select sum(amount) from shop.orders": "select 1"}
    with connections(folder, shop_db=connection_to(file), target_db=target, sandbox_db=databases.server):
        spec = shop_spec(folder, **replaced)
        first = Retirement(spec, "rehearse", run_id="first")
        first.run_through("rehearse.shop.prepare")
        killed = [killed_in_the_middle(lambda: first.run("rehearse.shop.copy"))]
        retried(first, "rehearse.shop.copy")
        rows = [clicks(sandbox_of(databases.server))]
        first.run_through("rehearse.record_round", start="rehearse.shop.complete")
        run = Retirement(spec, "execute")
        run.run_through("migrate.shop.prepare")
        killed.append(killed_in_the_middle(lambda: run.run("migrate.shop.copy")))
        retried(run, "migrate.shop.copy")
        rows.append(clicks(target))
        run.run_through("validate.shop.source_stood_still", start="migrate.shop.complete")
        yield Copied(run, target, tuple(killed), tuple(rows))
    databases.drop_all()


def killed_in_the_middle(work: Callable[[], object]) -> int:
    """Do work in a child that is killed when a thousand rows are on their way; its exit status."""
    sent = 0

    def pay(_: Throttle, rows: int) -> None:
        nonlocal sent
        sent += rows
        if sent >= 1000:
            children.kill_me()

    def in_child() -> None:
        reader.BUFFER = 100
        Throttle.pay = pay  # type: ignore[method-assign]
        work()

    return children.outcome(children.start(in_child))


def retried(run: Retirement, task: str) -> None:
    """The next try, as Airflow makes it: again while the dead worker's connection is still there."""
    for _ in range(100):
        try:
            run.run(task)
        except Locked:
            continue
        return
    pytest.fail("the lock of a dead worker stays")


def sandbox_of(server: Endpoint) -> Endpoint:
    (name,) = column_rows(server, "SELECT datname FROM pg_database WHERE datname ~ '^sunset_sandbox'")
    return server.on(name)


def clicks(database: Endpoint) -> str:
    return str(column_rows(database, CLICKS)[0])


def test_a_killed_copy_is_retried_without_a_row_lost_or_doubled(copied: Copied) -> None:
    assert copied.killed == (-9, -9)
    assert copied.rows == (RIGHT, RIGHT)
    assert copied.run.run("validate.shop.compare")["statistics"]["quarantined"] == 2


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_after_the_copy_is_found_by_name(copied: Copied, damage: str) -> None:
    do, undo, words = DAMAGE[damage]
    with connect(copied.target, "tests", {"default_transaction_read_only": "off"}) as link:
        link.execute(do.encode())
        try:
            with pytest.raises(Deviation) as caught:
                copied.run.run("validate.shop.compare")
        finally:
            link.execute(undo.encode())
    for word in words:
        assert re.search(re.escape(word), str(caught.value)), str(caught.value)
