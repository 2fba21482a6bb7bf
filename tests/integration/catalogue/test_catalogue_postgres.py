"""A PostgreSQL source in the catalogue: what is found in it, by what, and what becomes of it."""

from __future__ import annotations

import csv
import json
import logging
import os
import re
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from crm import SCHEMA, SECRET_VALUES

from demo.postgres import PostgresServer
from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, connections
from sunset.cli import main
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Refusal
from sunset_operators.stage_run import StageRun

pytestmark = pytest.mark.integration

RULES = """dispositions:
  - {match: {name: "tmp_*"}, do: destroy, because: scratch}
  - {match: {source: shop, name: coded}, do: archive, because: asked the lawyers, by: steward, on: 2026-11-02}
  - {match: {older_than_days: 1000}, do: archive, because: nobody writes to it}
  - {match: {sensitivity: secret}, do: destroy, because: credentials are not kept}
  - {match: {sensitivity: personal}, do: migrate, because: needed by support}
  - {match: {sensitivity: none}, do: migrate, because: harmless}
  - {match: {kind: "*view"}, do: migrate, because: needed}
"""
OLD = 'dispositions:\n  - {match: {kind: table, name: "tmp_*"}, do: destroy, because: scratch}\n'
ALL = '  - {match: {kind: "*"}, do: migrate, because: needed}\n'


def crm_spec(folder: Path, rules: str = RULES, **replacements: str) -> Any:
    check = "  checks:\n    - {name: order total, source: shop, sql: select sum(amount) from shop.orders}\n"
    told = {OLD: rules, ALL: "", f"validation:\n{check}": "", "schemas: [shop]": "schemas: [crm]"}
    return shop_spec(folder, **told, **replacements)


@pytest.fixture(scope="module")
def database(own_server: PostgresServer) -> Iterator[Endpoint]:
    databases = Databases(own_server.endpoint)
    made = databases.make("crm")
    with connect(made, "tests") as link:
        link.execute(SCHEMA.encode())
        link.execute("CHECKPOINT")
        place = "current_setting('data_directory') || '/' || pg_relation_filepath('crm.product')"
        (path,) = link.execute(f"SELECT {place}").fetchone()  # type: ignore[misc]
    old = time.time() - 1500 * 86_400
    os.utime(path, (old, old))
    yield made
    databases.drop_all()


@pytest.fixture(scope="module")
def catalogued(
    database: Endpoint, own_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Retirement]:
    """A dry run up to its plan."""
    folder = tmp_path_factory.mktemp("crm")
    with connections(folder, shop_db=database, target_db=own_server.endpoint, sandbox_db=own_server.endpoint):
        run = Retirement(crm_spec(folder), "dry_run")
        run.run_through("plan.write")
        yield run


@pytest.fixture(scope="module")
def assets(catalogued: Retirement) -> dict[str, dict[str, Any]]:
    record = catalogued.dossier.latest("discover", "shop")
    assert record
    return {asset["name"]: asset for asset in record["assets"]}


def kinds(asset: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["where"], each["kind"], each["by"]) for each in asset["sensitivity"]["reasons"]}


def test_every_relation_is_there_with_what_the_server_knows(assets: dict[str, dict[str, Any]]) -> None:
    contact = assets["contact"]
    assert (contact["rows"], contact["owner"], contact["kind"]) == (292, "sunset", "table") or contact["owner"]
    assert contact["bytes"] > 8192
    assert contact["referred_by"] == 3
    assert contact["importance"] == "high"
    assert assets["log_2019"]["part_of"] == "crm.log"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*\+00:00", contact["last_write"])


def test_sensitive_columns_are_named_with_the_reason(assets: dict[str, dict[str, Any]]) -> None:
    assert kinds(assets["contact"]) == {
        ("c1", "e-mail address", "content"),
        ("c2", "phone number", "content"),
        ("born", "date of birth", "name"),
    }
    assert kinds(assets["note"]) == {("body", "e-mail address", "content")}
    assert ("payload.who.v", "e-mail address", "content") in kinds(assets["event"])
    assert ("payload.iban", "bank account number", "content") in kinds(assets["event"])
    assert ("payload.by.*", "e-mail address", "content") in kinds(assets["event"])
    assert ("c9", "password hash", "pattern") in kinds(assets["account"])
    assert ("c1", "e-mail address", "content") in kinds(assets["mail_kept"])
    assert assets["mail"]["sensitivity"] is None
    assert assets["product"]["sensitivity"]["classes"] == ["none"]
    assert assets["account"]["sensitivity"]["classes"] == ["secret", "personal"]


def test_one_address_in_two_hundred_notes_is_enough(assets: dict[str, dict[str, Any]]) -> None:
    (reason,) = assets["note"]["sensitivity"]["reasons"]
    assert (reason["hits"], reason["looked_at"], reason["share"]) == (1, 200, 0.005)


def test_partitions_are_as_sensitive_as_the_whole(assets: dict[str, dict[str, Any]]) -> None:
    assert assets["log_2020"]["sensitivity"]["classes"] == ["personal"]
    assert assets["log"]["sensitivity"]["classes"] == ["personal"]


def test_integrity_findings(assets: dict[str, dict[str, Any]]) -> None:
    found = {(name, remark["code"], remark["rows"]) for name, asset in assets.items() for remark in asset["remarks"]}
    assert found >= {
        ("invoice", "orphans", 2),
        ("invoice", "not_validated", None),
        ("keyless", "no_key", None),
        ("keyless", "doubles", 3),
        ("coded", "null_in_key", 2),
        ("coded", "invalid_index", None),
        ("product_copy", "same_content", 100),
    }
    assert not assets["contact"]["remarks"]


def test_signs_of_obsolescence_and_what_they_suggest(assets: dict[str, dict[str, Any]]) -> None:
    assert assets["tmp_export"]["suggestion"] == "destroy"
    assert assets["customer_bak_20190304"]["suggestion"] == "archive"
    assert assets["product_copy"]["suggestion"] == "destroy"
    assert assets["product"]["obsolete"] == ["not written to for 1500 days"]
    assert assets["contact"]["obsolete"] == []
    assert assets["tmp_export"]["importance"] == "low"


def test_rules_by_sensitivity_age_and_person(assets: dict[str, dict[str, Any]]) -> None:
    decided = {name: (asset["do"], asset["by"], asset["on"]) for name, asset in assets.items()}
    assert decided["contact"] == ("migrate", "", "")
    assert decided["account"] == ("destroy", "", "")
    assert decided["product"] == ("archive", "", "")
    assert decided["product_copy"] == ("migrate", "", "")
    assert decided["coded"] == ("archive", "steward", "2026-11-02")
    assert assets["coded"]["because"] == "asked the lawyers"


def test_coverage_is_proven(catalogued: Retirement, assets: dict[str, dict[str, Any]]) -> None:
    proof = catalogued.dossier.latest("discover", "coverage-proof")
    assert proof
    totals = proof["totals"]
    assert totals["found"] == len(assets)
    assert totals["by person"] == 1
    assert totals["found"] == sum(number for name, number in totals.items() if name != "found")
    assert proof["undecided"] == []


def test_no_value_is_kept_anywhere(
    catalogued: Retirement, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    catalogued.run("discover.shop.catalogue")
    catalogued.run("discover.write_catalogue")
    told, store = capsys.readouterr(), catalogued.dossier.store
    assert "DiscoverAssets" in told.out + caplog.text
    written = {path: store.read(path).decode() for path in store.list()}
    written |= {"log": told.out + told.err + caplog.text, "xcom": repr((catalogued.xcom, catalogued.pushed))}
    assert len(written) > 8
    for value in SECRET_VALUES:
        assert not [path for path, text in written.items() if value in text]


def test_page_and_table_are_whole_and_stand_alone(catalogued: Retirement, assets: dict[str, dict[str, Any]]) -> None:
    store = catalogued.dossier.store
    page, table = (
        next(store.read(path).decode("utf-8-sig") for path in store.list("discover/") if path.endswith(name))
        for name in ("catalogue.html", "catalogue.csv")
    )
    assert "<svg" in page
    assert not re.search(r"""(?:src|href)=|@import|url\(""", page)
    rows = list(csv.DictReader(StringIO(table)))
    assert {row["name"] for row in rows} == set(assets)
    assert next(row for row in rows if row["name"] == "coded")["by"] == "steward"
    assert all(asset["address"].replace('"', "&#34;") in page for asset in assets.values())


def test_nobody_passes_with_an_undecided_table(database: Endpoint, own_server: PostgresServer, tmp_path: Path) -> None:
    rules = RULES.replace("  - {match: {sensitivity: none}, do: migrate, because: harmless}\n", "")
    with connections(tmp_path, shop_db=database, target_db=own_server.endpoint, sandbox_db=own_server.endpoint):
        run = Retirement(crm_spec(tmp_path, rules), "rehearse")
        with pytest.raises(Refusal, match=r"crm\.invoice"):
            run.run_through("plan.write")
        proof = run.dossier.latest("discover", "coverage-proof")
    assert proof
    assert "shop: crm.invoice" in proof["undecided"]


def test_catalogue_taken_again_after_the_plan_is_looked_at_again(
    database: Endpoint, own_server: PostgresServer, tmp_path: Path
) -> None:
    """A table that came after the plan, found by a discovery that was cleared, stops what follows by its name."""
    with connections(tmp_path, shop_db=database, target_db=own_server.endpoint, sandbox_db=own_server.endpoint):
        run = Retirement(crm_spec(tmp_path, RULES.replace("sensitivity: none", "name: '[!z]*'")), "rehearse")
        run.run_through("plan.write")
        with connect(database, "tests") as link:
            link.execute("CREATE TABLE crm.zz_late (id int PRIMARY KEY)")
            try:
                run.run("discover.shop.catalogue")
                with pytest.raises(Refusal, match=r"nobody decided on crm\.zz_late"):
                    run.run("rehearse.shop.prepare")
            finally:
                link.execute("DROP TABLE crm.zz_late")


def test_what_a_login_may_not_read_is_unknown_and_not_harmless(
    database: Endpoint, own_server: PostgresServer, tmp_path: Path
) -> None:
    with connect(database, "tests") as link:
        link.execute("CREATE ROLE looker LOGIN PASSWORD 'looker'; GRANT USAGE ON SCHEMA crm TO looker")
        link.execute("GRANT SELECT ON crm.product TO looker")
    looker = Endpoint(database.host, database.port, "looker", "looker", database.database, database.options)
    with connections(tmp_path, shop_db=looker, target_db=own_server.endpoint, sandbox_db=own_server.endpoint):
        run = Retirement(crm_spec(tmp_path), "dry_run")
        run.run_through("discover.write_catalogue")
        record = run.dossier.latest("discover", "shop")
    assert record
    found = {asset["name"]: asset for asset in record["assets"]}
    assert found["product"]["sensitivity"]["classes"] == ["none"]
    assert found["invoice"]["sensitivity"]["classes"] == ["unknown"]
    assert found["contact"]["sensitivity"]["unseen"] == "the login may not read it."
    assert found["product"]["last_write"] is None
    assert "crm.invoice" in json.dumps(record["undecided"])


def test_the_command_prints_the_catalogue_of_a_dossier(
    catalogued: Retirement, assets: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    place = catalogued.dossier.store.uri
    assert main(["catalogue", place]) == 0
    text = capsys.readouterr().out
    assert all(asset["address"] in text for asset in assets.values())
    assert "destroy? its name is one of temporary data" in text
    assert main(["catalogue", place, "--format", "csv"]) == 0
    assert {row["name"] for row in csv.DictReader(StringIO(capsys.readouterr().out))} == set(assets)
    assert main(["catalogue", place, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["shop"]["assets"]) == len(assets)
    assert main(["catalogue", f"{place}/decide"]) == 2


def test_writes_are_counted_between_two_looks(
    database: Endpoint, own_server: PostgresServer, catalogued: Retirement
) -> None:
    operator = catalogued.dag.get_task("discover.shop.catalogue")
    operator.render_template_fields(catalogued.context("discover.shop.catalogue"))
    engine = operator.engine(StageRun.of(catalogued.spec, catalogued.context("discover.shop.catalogue")))
    before = engine.particulars()
    with connect(database, "tests") as link:
        link.execute("UPDATE crm.product SET name = name WHERE id < 3")
    after = engine.particulars()
    changed = {address for address in after if after[address].writes != before[address].writes}
    assert changed == {"crm.product"}
