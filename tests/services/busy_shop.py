"""The legacy shop while it is in use: every kind of write that has to come over, one after the other."""

from __future__ import annotations

import random
from pathlib import Path

import psycopg

from services.legacy import fill, shop_spec
from services.writer import Write
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.spec import Spec

MORE = """
ALTER TABLE shop.clicks REPLICA IDENTITY FULL;
ALTER TABLE shop.events_2024 REPLICA IDENTITY FULL;
ALTER TABLE shop.events_rest REPLICA IDENTITY FULL;
CREATE TABLE shop.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
CREATE TABLE shop.docs (id int PRIMARY KEY, n int, body text);
INSERT INTO shop.docs SELECT g, 0, (SELECT string_agg(md5(g * 1000 + i || ''), '') FROM generate_series(1, 300) i)
  FROM generate_series(1, 20) g;
CREATE TABLE shop.gross (id int PRIMARY KEY, net numeric, "gross %s" numeric GENERATED ALWAYS AS (net * 1.21) STORED);
CREATE TABLE shop."{{ ds }} %s" ("the ""key"" %" int PRIMARY KEY, "a b" text);
CREATE TABLE shop.scratch (id int PRIMARY KEY);
CREATE FUNCTION shop.audit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO shop.log (what) VALUES ('audit'); RETURN NULL; END $$;
CREATE TRIGGER audit AFTER INSERT ON shop.docs FOR EACH ROW EXECUTE FUNCTION shop.audit();
ALTER TABLE shop.docs ENABLE ALWAYS TRIGGER audit;
"""


def fill_busy(database: Endpoint) -> None:
    """Make the shop, with what only a moving source brings to light."""
    fill(database)
    with connect(database, "tests") as connection:
        connection.execute(MORE.encode())


def busy_spec(folder: Path, extra: str = "", **replacements: str) -> Spec:
    """The shop's spec with route `replicate`; `extra` goes to the source."""
    given = {"schemas: [shop]": f"schemas: [shop], route: replicate{extra}", **replacements}
    return shop_spec(folder, **given)


def _insert(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("INSERT INTO shop.log (what) VALUES (%s)", [f"line\t{dice.random()}\\N\n'\""])


def _order(link: psycopg.Connection, dice: random.Random) -> None:
    with link.transaction():
        link.execute(
            "INSERT INTO shop.orders (id, customer_id, amount, total) VALUES (nextval('shop.ticket'), %s, 1, 1) "
            "ON CONFLICT (id) DO UPDATE SET amount = shop.orders.amount + 1",
            [dice.randint(1, 200)],
        )
        link.execute("UPDATE shop.customers SET note = NULL, photo = NULL WHERE id = %s", [dice.randint(1, 200)])


def _delete(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("DELETE FROM shop.orders WHERE id = %s", [dice.randint(1, 1000)])


def _move(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("UPDATE shop.events SET at = at + 200 WHERE what = %s", [f"e{dice.randint(1, 400)}"])


def _toast(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("UPDATE shop.docs SET n = n + 1 WHERE id = %s", [dice.randint(1, 20)])


def _document(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("INSERT INTO shop.docs VALUES (%s, 0, 'short') ON CONFLICT DO NOTHING", [dice.randint(21, 900)])


def _double(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute("INSERT INTO shop.clicks VALUES ('home', 1)")
    if dice.random() < 0.3:
        link.execute("DELETE FROM shop.clicks WHERE ctid = (SELECT ctid FROM shop.clicks LIMIT 1)")


def _odd(link: psycopg.Connection, dice: random.Random) -> None:
    statement = (
        'INSERT INTO shop."{{ ds }} %%s" VALUES (%s, NULL) ON CONFLICT ("the ""key"" %%") DO UPDATE SET "a b" = 1'
    )
    link.execute(statement, [dice.randint(1, 50)])


def _generated(link: psycopg.Connection, dice: random.Random) -> None:
    link.execute(
        "INSERT INTO shop.gross VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET net = excluded.net",
        [dice.randint(1, 100), dice.randint(1, 999)],
    )


def _truncate(link: psycopg.Connection, dice: random.Random) -> None:
    if dice.random() < 0.1:
        link.execute("TRUNCATE shop.scratch, shop.events RESTART IDENTITY")
    link.execute("INSERT INTO shop.scratch VALUES (%s) ON CONFLICT DO NOTHING", [dice.randint(1, 9)])
    link.execute("INSERT INTO shop.events VALUES ('2024-05-05', %s)", [f"e{dice.randint(1, 400)}"])


def _rolled_back(link: psycopg.Connection, dice: random.Random) -> None:
    with link.transaction(force_rollback=True):
        link.execute("INSERT INTO shop.log (what) VALUES ('never')")


WRITES: tuple[Write, ...] = (
    _insert,
    _order,
    _delete,
    _move,
    _toast,
    _document,
    _double,
    _odd,
    _generated,
    _truncate,
    _rolled_back,
)
