from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from demo.api import RunRef
from demo.settings import Places
from demo.verdict import Verdict, read_verdict
from sunset.dossier.dossier import Dossier
from sunset.dossier.store import open_store
from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit

RUN_ID = "manual__2027-02-27T06:00:00+00:00"
RECORD: dict[str, Any] = {
    "held": True,
    "gaps": [],
    "assets": 120,
    "tables": 31,
    "files": 2310,
    "files_equal": 2310,
    "carried": {
        "crm": {"rows": 324741, "files": 0},
        "attachments": {"rows": 0, "files": 2310},
        "tickets": {"rows": 4000, "files": 0},
    },
    "rows": 328741,
    "bytes": 41000000,
    "checksums_equal": 31,
    "checks": 210,
    "checks_passed": 210,
    "rounds": 2,
    "clean_rounds_in_a_row": 2,
    "approvals": [{"gate": "approve", "by": "ann", "name": "Ann", "at": "2027-02-27T06:10:00+00:00", "comment": ""}],
    "dossier": "file:///dossier",
    "archive": "file:///archive",
}


def places(tmp_path: Path) -> Places:
    return Places(*[tmp_path] * 5)


def test_table_says_what_a_reader_asks() -> None:
    table = Verdict(RECORD).table()
    counted = (
        "crm: 324,741 rows\n",
        "attachments: 2,310 files\n",
        "tickets: 4,000 rows\n",
        "2,310 of 2,310",
        "31 of 31",
    )
    for text in ("everything held", "120", "41,000,000", "210 of 210", "2, the last 2", "Ann", *counted):
        assert text in table
    assert "file:///dossier" in table
    assert "file:///archive" in table


@pytest.mark.parametrize(
    "damage",
    [
        {"held": False},
        {"carried": {}},
        {"carried": {**RECORD["carried"], "tickets": {"rows": 0, "files": 0}}},
        {"carried": {**RECORD["carried"], "attachments": {"rows": 0, "files": 0}}},
        {"files_equal": 2309},
        {"checksums_equal": 30},
        {"tables": 0, "checksums_equal": 0},
        {"checks_passed": 209},
        {"checks": 0, "checks_passed": 0},
    ],
)
def test_verdict_holds_only_if_everything_was_compared(damage: dict[str, Any]) -> None:
    assert Verdict(RECORD).holds
    verdict = Verdict({**RECORD, **damage})
    assert not verdict.holds
    assert "NOT everything held" in verdict.table()


def test_newest_record_of_the_run_counts(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri(), {}).child("x")
    dossier = Dossier(store.child("run-1"))
    for number in range(11):
        dossier.record("close", "verdict", {**RECORD, "rows": number, "run_id": RUN_ID})
    Dossier(store.child("run-2")).record("close", "verdict", {**RECORD, "run_id": "another"})
    assert read_verdict(places(tmp_path), "x", RunRef("sunset_x", RUN_ID)).record["rows"] == 10


def test_run_without_a_verdict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="left no verdict"):
        read_verdict(places(tmp_path), "x", RunRef("sunset_x", RUN_ID))
