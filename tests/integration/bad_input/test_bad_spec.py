"""Specs that do not fit their database, and databases that change under way: named, and nothing is lost."""

from __future__ import annotations

import pytest

from services.legacy import shop_spec
from services.places import Places, run_sql
from services.retirement import Retirement, approval
from services.scheduling import go_on

pytestmark = pytest.mark.integration


def test_an_asset_that_no_rule_decides(places: Places) -> None:
    only_tables = {'kind: "*"': "kind: table"}
    run = Retirement(shop_spec(places.folder, **only_tables), "dry_run")
    with places.untouched():
        assert go_on(run) == {}
    plan = run.dossier.latest("plan", "plan")
    assert plan is not None
    assert "shop.open_orders" in plan["sources"]["shop"]["undecided"]
    page = next(places.folder.rglob("plan.1.html")).read_text()
    assert page.count('class="undecided">undecided<') == len(plan["sources"]["shop"]["undecided"]) > 0
    error = places.refused("rehearse", **only_tables)
    assert "shop: dispositions: no rule decides what becomes of" in str(error)
    assert "shop: shop." in str(error)


@pytest.mark.parametrize(
    ("kind", "named"), [("routine", "shop.touch()"), ("type", "shop.cents"), ("extension", "citext")]
)
def test_a_rule_that_would_leave_out_what_goes_with_its_database(places: Places, kind: str, named: str) -> None:
    if kind == "extension":
        run_sql(places.source, "CREATE EXTENSION citext SCHEMA shop")
    error = places.refused(**{'kind: table, name: "tmp_*"': f"kind: {kind}"})
    assert f"{named}: rule 1 says destroy, but a {kind} always goes with its database." in str(error)


def test_a_schema_that_does_not_exist(places: Places) -> None:
    error = places.refused(**{"schemas: [shop]": "schemas: [shop, Shop]"})
    assert "schema_missing: Shop: does not exist in the source." in str(error)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("select sum(amount) from shop.ordres", 'relation "shop.ordres" does not exist'),
        ("select sum(amuont) from shop.orders", 'column "amuont" does not exist'),
        ("select sum(amount from shop.orders", "syntax error"),
        ("select 1; drop table shop.orders", "cannot insert multiple commands into a prepared statement"),
        ("delete from shop.orders", "syntax error"),
        ("select count(*) from orders", 'relation "orders" does not exist'),
    ],
)
def test_a_check_whose_sql_is_wrong(places: Places, query: str, fault: str) -> None:
    error = places.refused(**{"sql: select sum(amount) from shop.orders": f"sql: {query}"})
    assert "check: order total: the source cannot answer it" in str(error)
    assert fault in str(error)


def test_a_check_that_fails_only_when_it_runs(places: Places) -> None:
    spec = shop_spec(places.folder, **{"select sum(amount) from": "select 1 / (count(*) - count(*)) from"})
    errors = go_on(Retirement(spec, "rehearse"))
    assert "order total" in str(errors["rehearse.shop.validate"])
    assert "DivisionByZero" in str(errors["rehearse.shop.validate"])


DRIFT = {
    "a table dropped": ("DROP TABLE shop.nothing", "shop.nothing"),
    "a table added": ("CREATE TABLE shop.late (id int)", "shop.late"),
    "a table renamed": ("ALTER TABLE shop.nothing RENAME TO nought", "shop.nought"),
    "a view added": ("CREATE VIEW shop.late AS SELECT 1", "shop.late (view)"),
    "a function dropped": ("DROP FUNCTION shop.touch CASCADE", "shop.touch() (routine)"),
    "a sequence added": ("CREATE SEQUENCE shop.late", "shop.late (sequence)"),
    "a partition added": (
        "CREATE TABLE shop.events_2026 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "shop.events_2026",
    ),
}


@pytest.mark.parametrize(("statement", "named"), DRIFT.values(), ids=DRIFT.keys())
@pytest.mark.parametrize("mode", ["rehearse", "execute"])
def test_assets_that_came_or_went_after_discovery(rehearsed: Places, mode: str, statement: str, named: str) -> None:
    run = Retirement(shop_spec(rehearsed.folder), mode)
    run.answers["approve.go_no_go"] = approval("crm_owner")
    run.run_through("plan.write" if mode == "rehearse" else "approve.read_answer")
    run_sql(rehearsed.source, statement)
    with rehearsed.untouched():
        errors = go_on(run)
    stage = "rehearse" if mode == "rehearse" else "migrate"
    assert named in str(errors[f"{stage}.shop.prepare"])


ALTERED = {
    "a column added": "ALTER TABLE shop.clicks ADD COLUMN more int DEFAULT 1",
    "a column dropped": "ALTER TABLE shop.clicks DROP COLUMN n",
    "a column of another type": "ALTER TABLE shop.clicks ALTER COLUMN n TYPE bigint",
    "a table dropped": "DROP TABLE shop.clicks",
    "a table added": "CREATE TABLE shop.late (id int)",
}


@pytest.mark.parametrize("statement", ALTERED.values(), ids=ALTERED.keys())
def test_a_table_altered_while_it_is_rehearsed(places: Places, statement: str) -> None:
    run = Retirement(shop_spec(places.folder), "rehearse")
    run.run_through("rehearse.shop.prepare")
    run_sql(places.source, statement)
    errors = go_on(run)
    said = " ".join(str(error) for error in errors.values())
    assert "shop.late" in said or "shop.clicks" in said
    assert run.states["close.verdict"] == "failed"
