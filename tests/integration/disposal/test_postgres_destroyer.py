"""DROP by a list: whatever is on it goes, in whatever order it has to; what would go unasked stops everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.databases import Databases
from services.places import run_sql
from services.replica import replica_of
from sunset.database.postgres.assets import discover
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.disposal.items import Item, Remnant
from sunset.disposal.postgres import PostgresContents
from sunset.disposal.postgres_database import PostgresDatabase
from sunset.errors import Refusal

pytestmark = pytest.mark.integration

TANGLE = """
CREATE SCHEMA "Odd Schema"; CREATE SCHEMA kept;
CREATE TABLE "Odd Schema"."%s; DROP" (id int PRIMARY KEY, "a "" b" text);
CREATE TABLE "Odd Schema".dept (id int PRIMARY KEY, head int);
CREATE TABLE "Odd Schema".emp (id int PRIMARY KEY, dept int REFERENCES "Odd Schema".dept);
ALTER TABLE "Odd Schema".dept ADD FOREIGN KEY (head) REFERENCES "Odd Schema".emp;
CREATE VIEW "Odd Schema".v1 AS SELECT * FROM "Odd Schema".emp;
CREATE MATERIALIZED VIEW "Odd Schema".m1 AS SELECT * FROM "Odd Schema".v1;
CREATE VIEW "Odd Schema".a_on_m AS SELECT * FROM "Odd Schema".m1;
CREATE DOMAIN "Odd Schema".cents AS int; CREATE TYPE "Odd Schema".mood AS ENUM ('a');
CREATE FUNCTION "Odd Schema".f("Odd Schema".mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE "Odd Schema".typed (c "Odd Schema".cents, m "Odd Schema".mood, n serial);
CREATE SEQUENCE "Odd Schema".free;
CREATE TABLE "Odd Schema".events (at date) PARTITION BY RANGE (at);
CREATE TABLE "Odd Schema".events_1 PARTITION OF "Odd Schema".events DEFAULT;
CREATE PUBLICATION "pub lic" FOR TABLE "Odd Schema".emp;
CREATE FUNCTION kept.quiet() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
SELECT lo_create(1234), lo_create(1235);
CREATE TABLE kept.other (id int);
"""


@pytest.fixture
def database(make_database: Callable[..., Endpoint]) -> Endpoint:
    made = make_database("tangle")
    run_sql(made, TANGLE)
    return made


def inventory(database: Endpoint) -> set[tuple[str, str]]:
    with connect(database, "tests") as link:
        return {(asset.kind, asset.address) for asset in discover(link, "tangle", ())}


def listed(database: Endpoint, *left_out: str) -> list[Item]:
    """Everything of the odd schema and of the database itself, but for some addresses."""
    with connect(database, "tests") as link:
        found = [asset for asset in discover(link, "tangle", ()) if asset.namespace != "kept"]
    assets = [(each.kind, each.namespace, each.address, each.bytes or 0, "migrate") for each in found]
    return destroyer(database).items([asset for asset in assets if asset[2] not in left_out])


def destroyer(database: Endpoint) -> PostgresContents:
    return PostgresContents("tangle", database, "tests")


def destroyed(database: Endpoint, items: list[Item]) -> list[Remnant]:
    return list(destroyer(database).destroy(items))


def test_a_tangle_goes_whole_and_what_is_beside_it_stays(database: Endpoint) -> None:
    items = listed(database)
    assert destroyed(database, items) == []
    assert inventory(database) == {("table", "kept.other"), ("routine", "kept.quiet()")}
    assert not [each for each in destroyer(database).remnants(items) if each.listed]
    assert destroyed(database, items) == []  # once more, it is gone already


UNASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "a view elsewhere": (('CREATE VIEW kept.looks AS SELECT * FROM "Odd Schema".emp',), (), "hangs on"),
    "a foreign key elsewhere": (
        ('CREATE TABLE kept.refers (id int REFERENCES "Odd Schema".dept)',), (), "hangs on",
    ),
    "a column elsewhere of a listed type": (('CREATE TABLE kept.moods (m "Odd Schema".mood)',), (), "hangs on"),
    "a partition elsewhere": (
        ("""CREATE TABLE kept.part PARTITION OF "Odd Schema".events FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)""",),
        (),
        "is not on the list: partition kept.part",
    ),
    "a partition left out": ((), ('"Odd Schema".events_1',), "is not on the list: partition"),
    "an owned sequence left out": ((), ('"Odd Schema".typed_n_seq',), "is not on the list: sequence"),
    "a table left out that others need": ((), ('"Odd Schema".emp',), "hangs on"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "left_out", "said"), UNASKED.values(), ids=UNASKED.keys())
def test_nothing_goes_with_it_unasked(
    database: Endpoint, more: tuple[str, ...], left_out: tuple[str, ...], said: str
) -> None:
    run_sql(database, *more)
    items, before = listed(database, *left_out), inventory(database)
    with pytest.raises(Refusal, match=said):
        destroyed(database, items)
    assert inventory(database) == before


def test_a_table_made_anew_under_its_name_is_another(database: Endpoint) -> None:
    items = listed(database)
    run_sql(database, 'DROP TABLE "Odd Schema".typed', 'CREATE TABLE "Odd Schema".typed (n int)')
    before = inventory(database)
    with pytest.raises(Refusal, match="is another one than the one on the list"):
        destroyed(database, items)
    assert inventory(database) == before


def test_what_the_server_keeps_is_named(database: Endpoint) -> None:
    items = listed(database)
    run_sql(
        database,
        f"ALTER DATABASE {database.database} SET default_transaction_read_only = on",
        "SET default_transaction_read_only = off",
        "SELECT pg_create_physical_replication_slot('of_a_standby')",
    )
    try:
        destroyed(database, items)
        left = {(each.kind, each.where): each for each in destroyer(database).remnants(items)}
    finally:
        run_sql(database, "SET default_transaction_read_only = off", "SELECT pg_drop_replication_slot('of_a_standby')")
    assert left["replication slot", "of_a_standby"].holds_data
    assert not left["setting", "default_transaction_read_only"].holds_data
    assert not left["table", "kept.other"].listed


def test_another_database_of_the_name_is_not_dropped(database: Endpoint) -> None:
    whole = PostgresDatabase("tangle", database, "tests")
    item = whole.item()
    with pytest.raises(Refusal, match="is another one than the one on the list"):
        list(whole.destroy([Item("database", item.name, item.version + "0")]))
    assert inventory(database)


@pytest.mark.slow
def test_a_physical_replica_is_named(own_server: Any) -> None:
    databases = Databases(own_server.endpoint)
    database = databases.make("legacy")
    run_sql(database, "CREATE TABLE public.t (id int)")
    whole = PostgresDatabase("tangle", database, "tests")
    items = [whole.item()]
    with replica_of(own_server.endpoint):
        assert list(whole.destroy(items)) == []
        left = list(whole.remnants(items))
    databases.drop_all()
    (standby,) = [each for each in left if each.kind == "standby or subscriber"]
    assert standby.holds_data
    assert not any(each.listed for each in left)
