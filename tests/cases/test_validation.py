"""Real problems of validation as small inputs: one copy is damaged in all these ways, then validated as a user does it.

The schema `v` of `inputs/source.sql` holds pairs of tables, `..._l` and `..._r`. The left ones are copied, and get the
content of the right ones on the target.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from services import memory
from services.databases import Databases
from services.legacy import shop_spec
from services.old_postgres import DEBIAN_15, old_server
from services.places import run_sql
from services.retirement import Retirement, connections
from services.samples import run_psql
from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.sandbox import database_name
from sunset.errors import Deviation

pytestmark = pytest.mark.integration

SOURCE = (Path(__file__).parent / "inputs" / "source.sql").read_text(encoding="utf-8")
VALIDATE = "rehearse.shop.validate"
XCOM = 48 * 1024

CHECKS = """
    - {name: "a >= b", source: shop, sql: "select count(*) from v.pair_null where (a >= b) is not true", expect: 0}
    - {name: "a >= b where known", source: shop, sql: "select count(*) from v.pair_null where a < b", expect: 0}
    - {name: a is known, source: shop, sql: "select count(*) from v.all_null where a is null", expect: 0}
    - {name: nothing is nothing, source: shop, sql: "select count(*) from v.empty_t", expect: 0}
    - {name: keys, source: shop, sql: 'select k::text from v.pad_l order by k::text collate "C"',
       target_sql: 'select k::text from v.pad_r order by k collate "C"'}
    - {name: values, source: shop, sql: 'select k::text, val from v.pad_l order by k::text collate "C"',
       target_sql: 'select k::text, val from v.pad_r order by k collate "C"'}
    - {name: sum, source: shop, sql: "select sum(n) from v.sum_l", target_sql: "select sum(n) from v.sum_r"}
    - {name: every customer has an address, source: shop, expect: 0,
       sql: "select count(*) from v.many_bad where num_nulls(email) > 0"}
"""
DAMAGE = """
    TRUNCATE v.hash_l; INSERT INTO v.hash_l SELECT * FROM v.hash_r;
    TRUNCATE v.pad_l; INSERT INTO v.pad_l SELECT * FROM v.pad_r;
    TRUNCATE v.sum_l; INSERT INTO v.sum_l SELECT * FROM v.sum_r;
    TRUNCATE v.ci_l; INSERT INTO v.ci_l SELECT * FROM v.ci_r;
    ALTER TABLE v.sum_r ADD COLUMN order_of_rows int; ALTER TABLE v.sum_r DROP COLUMN order_of_rows;
    CREATE TABLE v.turned AS SELECT * FROM v.sum_r ORDER BY f;
    TRUNCATE v.sum_r; INSERT INTO v.sum_r SELECT * FROM v.turned; DROP TABLE v.turned;
    UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'v.many_bad'::regclass AND attname = 'email';
"""


@dataclass(frozen=True)
class Verdict:
    """What became of the validation: its error, its record in the dossier, and what went to XCom."""

    error: Deviation
    record: dict[str, Any]
    pushed: dict[str, Any]
    grown: int

    def rows(self, table: str, state: str) -> list[str]:
        """Keys of the rows of a table in one state."""
        (narrowed,) = (each for each in self.record["narrowed"] if each["table"] == table)
        assert narrowed["truncated"] == 0
        return sorted(row["key"] for row in narrowed[state])

    @property
    def differing(self) -> set[str]:
        """Tables whose rows differ."""
        return {each["table"] for each in self.record["narrowed"]}

    def failures(self, subject: str) -> list[str]:
        return [each["message"] for each in self.record["failures"] if each["subject"] == subject]


def validate(source: Endpoint, server: Endpoint, folder: Path) -> Verdict:
    """Rehearse the schema `v` up to its validation, with a sandbox that was damaged before."""
    text = "    - {name: order total, source: shop, sql: select sum(amount) from shop.orders}\n"
    spec = shop_spec(folder, **{"schemas: [shop]": "schemas: [v]", "tmp_*": "none", text: CHECKS.lstrip("\n")})
    target = Databases(server)
    with connections(folder, shop_db=source, target_db=target.make("target"), sandbox_db=server):
        run = Retirement(spec, "rehearse", run_id="cases")
        run.run_through("rehearse.shop.complete")
        run_sql(server.on(database_name("sandbox", "shop", "shop", "cases")), DAMAGE)
        import_module("great_expectations.expectations.core")  # what it takes by itself is not at issue
        before = memory.forget_peak()
        with pytest.raises(Deviation) as raised:
            run.run(VALIDATE)
        grown = memory.peak() - before
        run.run("rehearse.shop.drop_sandbox")
        record = run.dossier.latest("rehearse", "shop-validation")
    target.drop_all()
    assert record is not None
    return Verdict(raised.value, record, run.pushed[VALIDATE]["validation"], grown)


@pytest.fixture(scope="module")
def verdict(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdict]:
    databases = Databases(pg_server.endpoint)
    source = databases.make("cases")
    run_psql(source, SOURCE)
    yield validate(source, pg_server.endpoint, tmp_path_factory.mktemp("cases"))
    databases.drop_all()


def test_v_01_nulls_and_empty_tables(verdict: Verdict) -> None:
    """A NULL meets no rule by being unknown, and an empty table breaks none."""
    assert verdict.failures("check a >= b") == ["both sides answer 2, and 0 is expected."]
    assert verdict.failures("check a >= b where known") == []
    assert verdict.failures("check a is known") == ["both sides answer 3, and 0 is expected."]
    assert verdict.failures("check nothing is nothing") == []
    assert verdict.failures("v.empty_t") == []
    assert "v.empty_t" not in verdict.differing
    assert verdict.record["success"] is False


def test_v_02_different_rows_with_one_hash(verdict: Verdict) -> None:
    """Boundaries, NULL, the word NULL, separators: each row is told from the other, and the whole too."""
    assert verdict.rows("v.hash_l", "changed") == ["id=1", "id=2", "id=3", "id=4", "id=5"]
    assert verdict.rows("v.hash_l", "missing") == verdict.rows("v.hash_l", "unexpected") == []
    assert ("checksum", "v.hash_l") in {(each["kind"], each["subject"]) for each in verdict.record["differences"]}


def test_v_03_trailing_spaces(verdict: Verdict) -> None:
    """Keys of char and varchar are the same; a space at the end of a value is not."""
    assert verdict.failures("check keys") == []
    assert len(verdict.failures("check values")) == 1
    assert len(verdict.rows("v.pad_l", "changed")) == 1
    assert verdict.rows("v.pad_l", "missing") == verdict.rows("v.pad_l", "unexpected") == []


def test_v_04_sums_in_floating_point(verdict: Verdict) -> None:
    """A sum is exact beyond 53 bits, and the order of floats makes no difference."""
    assert verdict.failures("check sum") == ["the source answers 67037036703703701, the target 67037036703703702."]
    assert verdict.rows("v.sum_l", "changed") == ["id=2"]
    assert "v.sum_r" not in verdict.differing


def check_v_05(verdict: Verdict) -> None:
    """Two names that are equal to the database and not to the byte: one row, not all of them."""
    assert len(verdict.rows("v.ci_l", "missing")) == len(verdict.rows("v.ci_l", "unexpected")) == 1
    assert verdict.rows("v.ci_l", "changed") == []
    assert "v.ci_r" not in verdict.differing


def test_v_05_collation_that_ignores_case(verdict: Verdict) -> None:
    check_v_05(verdict)


@pytest.mark.slow
@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs PostgreSQL 15 of the distribution, which has ICU")
def test_v_05_collation_that_ignores_case_by_icu(tmp_path: Path) -> None:
    with old_server() as server:
        databases = Databases(server)
        source = databases.make("cases")
        run_psql(source, SOURCE)
        check_v_05(validate(source, server, tmp_path))


def test_v_06_a_result_too_large_to_be_handed_on(verdict: Verdict) -> None:
    """10,000 rows that break a rule: counted exactly, none of them in XCom, the whole in the dossier."""
    assert verdict.failures("check every customer has an address") == ["both sides answer 10000, and 0 is expected."]
    assert "not null email: broken by 10000 of its rows." in verdict.failures("v.many_bad")
    assert not any("many_bad_pkey" in message for message in verdict.failures("v.many_bad"))
    text = json.dumps(verdict.pushed)
    assert len(text) < XCOM
    assert "example.test" not in text + json.dumps(verdict.record) + str(verdict.error)
    assert verdict.pushed["path"] == verdict.error.record
    assert verdict.pushed["failures"] == len(verdict.record["failures"])
    assert verdict.grown < 100 * 2**10  # KiB
