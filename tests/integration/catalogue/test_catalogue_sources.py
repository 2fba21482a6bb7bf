"""Sources that are no PostgreSQL in the catalogue: SQLite, MariaDB, a REST API and a tree of files."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from services.api import api_server, api_spec
from services.file_trees import files_spec, put
from services.legacy import shop_spec
from services.mariadb import mariadb_server
from services.retirement import Retirement, connections
from services.sqlite_file import connection_to, make
from sunset.errors import Refusal

pytestmark = pytest.mark.integration

EMAIL = "rosa.parques@example.com"
TABLES = f"""
CREATE TABLE person (id INTEGER PRIMARY KEY, c1 VARCHAR(100), doc TEXT);
CREATE TABLE visit (id INTEGER PRIMARY KEY, person_id INTEGER, page VARCHAR(40),
  FOREIGN KEY (person_id) REFERENCES person (id));
CREATE TABLE visit_old (id INTEGER PRIMARY KEY, person_id INTEGER, page VARCHAR(40));
CREATE TABLE loose (a INTEGER, b VARCHAR(10));
CREATE TABLE coded (id INTEGER PRIMARY KEY, code VARCHAR(10) UNIQUE);
INSERT INTO person VALUES (1, '{EMAIL}', '{{"tel": "+31612345678"}}'), (2, 'a\tb@example.com', NULL),
  (3, NULL, 'line\nbreak');
INSERT INTO visit VALUES (1, 1, 'home'), (2, 1, 'cart');
INSERT INTO visit_old VALUES (1, 1, 'home'), (2, 1, 'cart');
INSERT INTO loose VALUES (1, 'x'), (1, 'x'), (2, NULL);
INSERT INTO coded VALUES (1, 'a'), (2, NULL);
"""
RULES = """dispositions:
  - {match: {source: shop, sensitivity: personal}, do: migrate, because: needed}
  - {match: {source: shop, sensitivity: none}, do: migrate, because: harmless}
"""
ALL = """dispositions:
  - {match: {kind: table, name: "tmp_*"}, do: destroy, because: scratch}
  - {match: {kind: "*"}, do: migrate, because: needed}
"""
CHECK = "select sum(amount) from shop.orders"


def discovered(folder: Path, source: Any, endpoint: Any, **replacements: str) -> tuple[Retirement, dict[str, Any]]:
    with connections(folder, shop_db=source, target_db=endpoint, sandbox_db=endpoint):
        run = Retirement(shop_spec(folder, **{ALL: RULES, CHECK: "select 1", **replacements}), "dry_run")
        run.run_through("discover.write_catalogue")
        record = run.dossier.latest("discover", "shop")
        assert record
        store = run.dossier.store
        told = [store.read(path).decode() for path in store.list()] + [repr(run.xcom)]
        assert not [text for text in told if EMAIL in text or "+31612345678" in text]
    return run, {asset["name"]: asset for asset in record["assets"]}


def common(assets: dict[str, Any]) -> None:
    assert {(each["where"], each["kind"]) for each in assets["person"]["sensitivity"]["reasons"]} >= {
        ("c1", "e-mail address"),
        ("doc.tel", "phone number"),
    }
    assert assets["visit"]["sensitivity"]["classes"] == ["none"]
    assert assets["person"]["referred_by"] == 1
    found = {(name, remark["code"]) for name, asset in assets.items() for remark in asset["remarks"]}
    assert found >= {("loose", "no_key"), ("loose", "doubles"), ("coded", "null_in_key"), ("visit_old", "same_content")}
    assert assets["visit_old"]["suggestion"] == "destroy"
    assert {asset["do"] for asset in assets.values()} == {"migrate"}


def test_sqlite(tmp_path: Path, pg_server: Any) -> None:
    orphan = "INSERT INTO visit VALUES (3, 77, 'lost'); INSERT INTO visit_old VALUES (3, 77, 'lost');"
    file = make(tmp_path / "crm.db", TABLES + orphan)
    _, assets = discovered(tmp_path, connection_to(file), pg_server.endpoint, **{", schemas: [shop]": ""})
    common(assets)
    assert ("orphans", 1) in {(each["code"], each["rows"]) for each in assets["visit"]["remarks"]}
    assert assets["person"]["last_write"] is None


def test_mariadb(tmp_path: Path, pg_server: Any) -> None:
    with mariadb_server() as server:
        server.load(f"CREATE DATABASE crm; USE crm; {TABLES}")
        _, assets = discovered(
            tmp_path, server.connection("crm"), pg_server.endpoint, **{", schemas: [shop]": "", CHECK: "select 1"}
        )
    common(assets)
    assert assets["person"]["last_write"] is None or assets["person"]["last_write"].endswith("+00:00")
    assert assets["person"]["bytes"] > 0


def test_items_of_an_api(tmp_path: Path, pg_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = (
        "{name: numbers, conn_id: api, endpoint: /a5, items: items, id: id, sandbox_conn_id: sandbox_db, "
        "pagination: {kind: cursor, param: page, next: next_page}, to: {conn_id: target_db, table: api.numbers}}"
    )
    with api_server() as address:
        plain = {"conn_type": "http", "host": "127.0.0.1", "port": int(address.rpartition(":")[2])}
        monkeypatch.setenv("AIRFLOW_CONN_API", json.dumps(plain))
        with connections(tmp_path, target_db=pg_server.endpoint, sandbox_db=pg_server.endpoint):
            run = Retirement(api_spec(tmp_path, numbers), "dry_run")
            run.run_through("discover.write_catalogue")
            record = run.dossier.latest("discover", "numbers")
    assert record
    (asset,) = record["assets"]
    assert (asset["kind"], asset["rows"], asset["sensitivity"]["classes"]) == ("collection", 4, ["none"])
    assert record["place"].endswith("/a5")


TREE = {
    "hr/staff.csv": b"id;E-mail;salary\n1;rosa.parques@example.com;4000\n",
    "hr/staff_2.csv": b"id;E-mail;salary\n2;;4100\n",
    "logs/2024.log": b"GET /cart 200\n" * 50,
    "logs/2025.log": b"GET /home 200\n" * 50,
    "docs/a.json": b'{\n "contact": {"mobile": "+31612345678"},\n "n": 1\n}\n',
    "docs/passport_scan.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8,
    "keys/id_rsa": b"not really\n",
    "copies/one.bin": b"\0same content" * 100,
    "copies/two.bin": b"\0same content" * 100,
    "copies/other.bin": b"\0same lengths" * 100,
    "=cmd.tmp": b"\0",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Retirement, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("tree")
    put(folder / "source", TREE)
    old = time.time() - 900 * 86_400
    os.utime(folder / "source" / "logs" / "2024.log", (old, old))
    rules = (
        "  - {match: {kind: file, older_than_days: 800}, do: destroy, because: older than the law asks for}\n"
        "  - {match: {kind: file, sensitivity: personal}, do: migrate, because: needed}\n"
        "  - {match: {kind: file, sensitivity: secret}, do: destroy, because: no credentials}\n"
        "  - {match: {kind: file, sensitivity: none}, do: migrate, because: harmless}\n"
        "  - {match: {kind: file, name: '*.tmp'}, do: destroy, because: scratch}\n"
        "  - {match: {kind: file, schema: copies}, do: destroy, because: copies, by: steward, on: 2026-10-01}\n"
    )
    place = f"from: {{path: {folder}/source}}, to: {{path: {folder}/kept}}, settle: 0s"
    spec = files_spec(folder, f"{{name: tree, {place}}}", rules=rules)
    text = (folder / "shop.yaml").read_text().replace('  - {match: {kind: "*"}, do: migrate, because: needed}\n', "")
    (folder / "shop.yaml").write_text(text)
    from sunset.spec import load_file

    (spec,) = load_file(folder / "shop.yaml").specs
    with connections(folder):
        run = Retirement(spec, "rehearse")
        run.run_through("rehearse.tree.complete")
        record = run.dossier.latest("discover", "tree")
        assert record
        yield run, record


def test_groups_of_files_are_as_sensitive_as_their_most_sensitive_file(
    tree: tuple[Retirement, dict[str, Any]],
) -> None:
    groups = {(asset["namespace"], asset["name"]): asset["sensitivity"] for asset in tree[1]["assets"]}
    told = {group: [(each["kind"], each["by"]) for each in found["reasons"]] for group, found in groups.items()}
    assert set(told["hr", "*.csv"]) == {("e-mail address", "content"), ("income", "name")}
    assert told["docs", "*.json"] == [("phone number", "content")]
    assert told["docs", "*.jpg"] == [("identity number", "name")]
    assert groups["keys", "*"]["classes"] == ["secret"]
    assert groups["logs", "*.log"]["classes"] == ["none"]
    assert groups["copies", "*.bin"]["classes"] == ["unknown"]


def test_files_are_decided_by_sensitivity_age_and_person(tree: tuple[Retirement, dict[str, Any]]) -> None:
    run, record = tree
    store = run.dossier.store
    (path,) = (each for each in store.list("discover/") if each.endswith("files.csv"))
    rows = {row["path"]: row for row in csv.DictReader(StringIO(store.read(path).decode("utf-8-sig")))}
    assert {name: row["disposition"] for name, row in rows.items()} == {
        "hr/staff.csv": "migrate",
        "hr/staff_2.csv": "migrate",
        "logs/2024.log": "destroy",
        "logs/2025.log": "migrate",
        "docs/a.json": "migrate",
        "docs/passport_scan.jpg": "migrate",
        "keys/id_rsa": "destroy",
        "copies/one.bin": "destroy",
        "copies/two.bin": "destroy",
        "copies/other.bin": "destroy",
        "'=cmd.tmp": "destroy",
    }
    assert (rows["copies/one.bin"]["by"], rows["copies/one.bin"]["on"]) == ("steward", "2026-10-01")
    assert (record["files"], record["open"], record["undecided"]) == (11, 0, [])
    copied = [json.loads(line)["path"] for line in store.read("rehearse/tree-files.1/entries.jsonl").splitlines()]
    assert copied == sorted(name for name, row in rows.items() if row["disposition"] == "migrate")


def test_copies_of_files_are_found_by_their_content(tree: tuple[Retirement, dict[str, Any]]) -> None:
    duplicates = tree[1]["duplicates"]
    assert duplicates["copies"] == 1
    assert duplicates["bytes"] == 1300
    (group,) = duplicates["groups"]
    assert group["names"] == ["copies/one.bin", "copies/two.bin"]


def test_values_in_files_are_kept_nowhere(tree: tuple[Retirement, dict[str, Any]]) -> None:
    run, _ = tree
    store = run.dossier.store
    told = [store.read(path).decode() for path in store.list()] + [repr(run.xcom)]
    assert not [text for text in told if EMAIL in text or "+31612345678" in text]


def test_a_file_that_nobody_decided_on_stops_the_run_by_its_name(tmp_path: Path) -> None:
    put(tmp_path / "source", {"a.txt": b"hello\n", "b/odd.bin": b"\0\1"})
    place = f"from: {{path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}"
    files_spec(tmp_path, f"{{name: tree, {place}}}")
    text = (tmp_path / "shop.yaml").read_text().replace('{kind: "*"}', "{kind: file, sensitivity: none}")
    (tmp_path / "shop.yaml").write_text(text)
    from sunset.spec import load_file

    (spec,) = load_file(tmp_path / "shop.yaml").specs
    with connections(tmp_path), pytest.raises(Refusal, match=r"tree: b/odd\.bin"):
        Retirement(spec, "rehearse").run_through("plan.write")
