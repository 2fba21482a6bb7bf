"""DR-02, run: names from the data are no ids. Every table arrives, every id is legal, every file has its own name."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.serialization.serialized_objects import DagSerialization

from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement, approval
from services.scheduling import go_on
from sunset.database.packing import pack
from sunset.database.postgres.endpoint import connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope
from sunset.engine import Unit
from sunset.spec import Spec
from sunset_stages.runbook import build_dag

TABLES = 33
_LEGAL = re.compile(r"[\w.-]{1,250}")


CHECK = """select count(*) as "%s {{ ds }}" from o."%s" where "%(id)s" % 2 = 1"""


def spec_of(folder: Path) -> Spec:
    return shop_spec(
        folder,
        **{
            "schemas: [shop]": 'schemas: [o, "Odd Schema", s.t], parallel: 3',
            "tmp_*": "scratch[*]",
            "select sum(amount) from shop.orders": f"'{CHECK}'",
        },
    )


@pytest.mark.integration
def test_every_table_arrives_under_its_own_name(loaded: Callable[[str], Places], tmp_path: Path) -> None:
    places = loaded("names.sql")
    spec = spec_of(tmp_path)
    assert go_on(Retirement(spec, "rehearse", run_id="first")) == {}
    run = Retirement(spec, "execute")
    run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
    assert go_on(run) == {}

    carried = Scope(("o", "Odd Schema", "s.t"), ('o."scratch*"',))
    source = measure(lambda: connect(places.source, "tests"), carried)
    target = measure(lambda: connect(places.target, "tests"), Scope(carried.schemas))
    assert source == target
    assert len(target.tables) == TABLES
    rows = {fact.table: fact.rows for fact in target.tables}
    assert (rows['"Odd Schema"."Order"'], rows['"Odd Schema"."order"']) == (1, 2)
    assert [rows[name] for name in ('o."a.b"', "o.a_b", 'o."a-b"', 'o."A.B"', '"s.t".u')] == [1, 2, 3, 4, 5]
    assert rows['o."{{ ds }}"'] == rows['o."%s"'] == rows['o."😀"'] == rows['o."*"'] == 1

    labels = [entry["called"] for entry in run.xcom["migrate.shop.prepare"]]
    assert len(set(labels)) == len(labels) == 8
    assert all(any(label.startswith(table) for table in rows) for label in labels)
    assert_distinct_files(tmp_path, rows)


def assert_distinct_files(folder: Path, rows: dict[str, int]) -> None:
    (described,) = (folder / "archive").rglob("schema.json")
    tables = json.loads(described.read_text())["tables"]
    assert {table["table"]: table["rows"] for table in tables} == rows
    everything = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    assert sum(name.endswith(".parquet") for name in everything) == len(rows)
    assert all((described.parent / table["file"]).is_file() for table in tables)
    folded = {unicodedata.normalize("NFC", name).casefold() for name in everything}
    assert len(folded) == len(everything)


@pytest.mark.dags
def test_ids_are_legal_and_the_same_at_every_parse(tmp_path: Path) -> None:
    spec = spec_of(tmp_path)
    dag, again = build_dag(spec), build_dag(spec_of(tmp_path))
    ids = [dag.dag_id, *dag.task_ids, *dag.task_group_dict.keys() - {None}]
    assert len(set(ids)) == len(ids)
    assert all(_LEGAL.fullmatch(each) for each in ids)
    assert not any("Odd" in each or "%" in each for each in ids)
    assert DagSerialization.to_dict(dag) == DagSerialization.to_dict(again)


@pytest.mark.unit
@pytest.mark.parametrize("others", [0, 1, 12_345])
def test_a_label_fits_into_airflows_database(others: int) -> None:
    schema = table = '"' + '""' * 63 + '"'
    units = [
        Unit(f"{schema}.{table}", f"{schema}.{table}", 0, 10**6),
        *(Unit(f"t{n}", "t", 0, 0) for n in range(others)),
    ]
    (label,) = [each.label for each in pack(units, 1)]
    assert len(label) <= 250
    assert label.startswith(f"{schema}.")
    assert label.endswith(f"… and {others} more" if others else "…")


@pytest.mark.unit
def test_a_label_names_the_table_byte_for_byte() -> None:
    units = [Unit(name, name, 0, 0) for name in ('o."%s"', 'o."{{ ds }}"', 'o."表"')]
    assert [each.label for each in pack(units, 3)] == [unit.name for unit in units]
