"""Sakila and Chinook, retired whole through the operators; judged by psql and pg_dump, not by Sunset's own eyes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from demo.install import wheel_install
from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, approval, connections
from services.samples import load
from services.scheduling import go_on
from sunset.cli import main
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope

pytestmark = pytest.mark.integration

SPECS = {
    "sakila": {"schemas: [shop]": "parallel: 2", "sum(amount) from shop.orders": "sum(amount) from public.payment"},
    "chinook": {
        "schemas: [shop]": "schemas: [public]",
        "sum(amount) from shop.orders": "sum(total) from public.invoice",
    },
}
_KEY = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


@dataclass(frozen=True)
class Retired:
    """What an execution left: two databases, a dossier and a bag."""

    source: Endpoint
    target: Endpoint
    dossier: Path
    bag: Path
    run: Retirement


@pytest.fixture(scope="module", params=SPECS)
def retired(
    pg_server: Any, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Retired]:
    databases, folder = Databases(pg_server.endpoint), tmp_path_factory.mktemp(request.param)
    source, target = databases.make(request.param), databases.make("target")
    load(request.param, source)
    with connections(folder, shop_db=source, target_db=target, sandbox_db=databases.server):
        spec = shop_spec(folder, **SPECS[request.param])
        assert go_on(Retirement(spec, "rehearse", run_id="first")) == {}
        run = Retirement(spec, "execute")
        run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
        assert go_on(run) == {}
        (dossier,) = (folder / "dossiers" / "shop").glob("manual__*")
        (bag,) = (folder / "archive" / "bags" / "shop").iterdir()
        yield Retired(source, target, dossier, bag, run)
    databases.drop_all()


def test_the_run_is_green_and_its_figures_add_up(retired: Retired) -> None:
    verdict = retired.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"]
    facts = measure(lambda: connect(retired.source, "tests"), Scope())
    assert (verdict["tables"], verdict["checksums_equal"]) == (len(facts.tables), len(facts.tables))
    assert verdict["rows"] == facts.rows > 15_000
    assert 0 < verdict["checks"] == verdict["checks_passed"]


def test_every_row_of_every_table_is_the_same(retired: Retired) -> None:
    rows = rows_of(retired.source)
    assert len(rows) in (11, 21)
    assert rows_of(retired.target) == rows


def rows_of(database: Endpoint) -> dict[str, tuple[int, str]]:
    """Count and MD5 over the sorted texts of all rows, by table."""
    digest = "SELECT count(*), md5(coalesce(string_agg(x, E'\\n' ORDER BY x COLLATE \"C\"), '')) FROM"
    with connect(database, "tests") as link:
        tables = link.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: link.execute(
                sql.SQL(digest + " (SELECT t::text AS x FROM ONLY {} AS t) AS q").format(sql.Identifier("public", name))
            ).fetchone()
            for (name,) in tables.fetchall()
        }  # type: ignore[return-value]


def test_every_sequence_gives_the_same_next_value(retired: Retired, pg_server: Any) -> None:
    databases = Databases(pg_server.endpoint)
    copies = [databases.copy(place, "next") for place in (retired.source, retired.target)]
    found = [next_values(copy) for copy in copies]
    databases.drop_all()
    assert found[0] == found[1]
    assert len(found[0]) in (10, 13)


def next_values(database: Endpoint) -> list[tuple[str, int]]:
    query = "SELECT relname, nextval(oid::regclass) FROM pg_class WHERE relkind = 'S' ORDER BY 1"
    with connect(database, "tests", {"default_transaction_read_only": "off"}) as link:
        return link.execute(query).fetchall()


def test_pg_dump_sees_the_same_schema(retired: Retired) -> None:
    before = schema(retired.source)
    assert before.count("CREATE TABLE") in (11, 21)
    assert schema(retired.target) == before


def schema(database: Endpoint) -> str:
    """Views, functions, triggers, rules, constraints, indexes, grants and comments, as pg_dump writes them."""
    install = wheel_install()
    dump = [install.program("pg_dump"), "--schema-only"]
    environment = {**install.environment, **database.child_environment()}
    return _KEY.sub("", subprocess.run(dump, env=environment, capture_output=True, text=True, check=True).stdout)


def test_the_target_has_statistics_and_no_trace_of_the_copy(retired: Retired) -> None:
    with connect(retired.target, "tests") as link:
        assert link.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'sunset'").fetchone() == (0,)
        unknown = link.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < 0 AND oid >= 16384")
        assert unknown.fetchall() == []


@pytest.mark.parametrize("kind", ["dossier", "bag"])
def test_verify_confirms_it_whole_and_names_what_was_changed(
    retired: Retired, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = getattr(retired, kind)
    assert verify(whole) == 0
    assert "everything holds" in capsys.readouterr().out
    for path in sorted(path for path in whole.rglob("*") if path.is_file())[::9]:
        name = path.relative_to(whole)
        copied = Path(shutil.copytree(whole, tmp_path / "copy"))
        spoil(copied / name)
        assert verify(copied) == 1, name
        said = capsys.readouterr().out
        assert str(name) in said
        problems = 2 if name.name.endswith("-close.json") else 1  # without its closing seal it is not closed either
        assert f"{problems} problems" in said
        shutil.rmtree(copied)


def verify(folder: Path) -> int:
    return main(["verify", str(folder)])


def spoil(file: Path) -> None:
    """Change one byte; an empty file gets one."""
    data = bytearray(file.read_bytes() or b" ")
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
