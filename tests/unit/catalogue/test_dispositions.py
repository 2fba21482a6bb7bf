"""Rules, ages, persons and the proof of coverage; tables for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest

from sunset.catalogue.coverage import coverage, open_questions
from sunset.catalogue.csv_file import guarded, print_csv
from sunset.catalogue.dispositions import Decision, Subject, decide
from sunset.catalogue.importance import importance
from sunset.catalogue.obsolescence import by_name, signs
from sunset.catalogue.pages import in_bytes
from sunset.catalogue.survey import Particulars, Remark
from sunset.engine import Asset
from sunset.files.groups import MOST_GROUPS, Group, Known, group_of, room_for
from sunset.spec.dispositions import Match, Rule

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 25)
TABLE = Asset("crm", "table", "sales", "orders", "sales.orders")


def decided(subject: Subject, *matches: dict[str, Any]) -> Decision:
    rules = [Rule(match=Match(**match), do="archive", because=str(number)) for number, match in enumerate(matches)]
    return decide(subject, rules, TODAY)


@pytest.mark.parametrize(
    ("last_write", "days", "matches"),
    [
        (date(2026, 11, 24), 1, False),
        (date(2026, 11, 23), 1, True),
        (date(2027, 1, 1), 1, False),
        (date(2019, 1, 1), 2555, True),
        (None, 1, False),
    ],
)
def test_older_means_more_days_than_that_and_known(last_write: date | None, days: int, matches: bool) -> None:
    found = decided(Subject(TABLE, (), last_write), {"older_than_days": days})
    assert (found.do == "archive") is matches


@pytest.mark.parametrize(
    ("classes", "asked", "matches"),
    [
        (("secret", "personal"), "personal", True),
        (("secret", "personal"), "none", False),
        (("none",), "none", True),
        (("unknown",), "none", False),
        ((), "none", False),
        ((), "unknown", False),
    ],
)
def test_sensitivity_is_one_of_the_classes(classes: tuple[str, ...], asked: str, matches: bool) -> None:
    assert (decided(Subject(TABLE, classes), {"sensitivity": asked}).do == "archive") is matches


def test_all_keys_of_a_rule_have_to_hold_and_the_first_rule_wins() -> None:
    subject = Subject(TABLE, ("personal",), date(2020, 1, 1))
    both = {"sensitivity": "personal", "older_than_days": 30, "kind": "view"}
    assert decided(subject, both, {"sensitivity": "personal"}, {"name": "*"}).rule == 2


def test_a_decision_of_a_person_has_a_name_and_a_day(minimal: dict[str, Any], problems: Any) -> None:
    rule = {"match": {"name": "x"}, "do": "archive", "because": "asked", "by": "owner", "on": "2026-11-02"}
    assert problems(minimal | {"dispositions": [rule]}) == []
    assert "both `by` and `on`" in problems(minimal | {"dispositions": [{**rule, "on": None}]})[0]
    assert "names no steward, approver or sponsor" in problems(minimal | {"dispositions": [{**rule, "by": "left"}]})[0]
    ops = {"name": "Op", "email": "op@example.com", "roles": ["operator"]}
    people = minimal | {"people": {**minimal["people"], "ops": ops}, "dispositions": [{**rule, "by": "ops"}]}
    assert "names no steward, approver or sponsor" in problems(people)[0]


@pytest.fixture
def minimal() -> dict[str, Any]:
    return {
        "product": "p",
        "title": "P",
        "decision": {"reason": "old"},
        "people": {"owner": {"name": "O", "email": "o@example.com", "roles": ["approver"]}},
        "timeline": {
            "freeze": "2027-02-26T18:00:00Z",
            "cutover": "2027-02-27T18:00:00Z",
            "retain_until": "2034-01-01",
        },
        "sources": {"files": [{"name": "f", "from": {"path": "/a"}, "to": {"path": "/b"}}]},
        "archive": {"path": "/c"},
    }


@pytest.fixture
def problems() -> Callable[[dict[str, Any]], list[str]]:
    from pydantic import ValidationError

    from sunset.spec import Spec

    def found(data: dict[str, Any]) -> list[str]:
        try:
            Spec.model_validate(data)
        except ValidationError as error:
            return [each["msg"] for each in error.errors()]
        return []

    return found


def record(*assets: tuple[str, str | None, str], **more: Any) -> dict[str, Any]:
    rows = [{"address": name, "do": do, "by": by, "not_carried": ""} for name, do, by in assets]
    return {"source": "s", "assets": rows, **more}


def test_coverage_is_told_from_the_assets_and_not_from_a_summary() -> None:
    crm = record(("a", "migrate", ""), ("b", "destroy", "steward"), ("c", None, ""), undecided=[])
    crm["assets"].append({"address": "d", "do": None, "by": "", "not_carried": "a foreign thing"})
    proof = coverage({"crm": crm})
    assert proof["totals"] == {"found": 4, "by rule": 1, "by person": 1, "not carried": 1, "undecided": 1}
    assert proof["undecided"] == ["crm: c"]


def test_undecided_files_are_named_as_far_as_they_are_and_counted_all() -> None:
    groups = [{"address": "g", "do": None, "by": "", "not_carried": "", "files": 1500}]
    names = [f"f{number}" for number in range(1000)]
    tree = {"source": "tree", "assets": groups, "files": 1500, "undecided": names}
    assert open_questions(tree)[-1] == "500 more files"
    assert coverage({"tree": tree})["totals"]["undecided"] == 1500


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "\uff1d1", "\n=1"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    file = StringIO()
    print_csv(file, ("a",), [[cell], [-5], [None]])
    (_, read, number, nothing) = csv.reader(StringIO(file.getvalue(), newline=""))
    assert read == ["'" + cell]
    assert (number, nothing) == (["-5"], [""])
    assert guarded("plain = text") == "plain = text"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("orders_bak", "backup"), ("bak_orders", "backup"), ("orders_20190304", "backup"), ("orders.old", "backup")),
        *(
            ("Copy of plan.docx", "backup"),
            ("plan (1).docx", "backup"),
            ("report~", "backup"),
            ("orders_backup2", "backup"),
        ),
        *(
            ("tmp_orders", "temporary"),
            ("orders_temp", "temporary"),
            (".DS_Store", "temporary"),
            ("x.swp", "temporary"),
        ),
        *(("客户_备份", "backup"), ("template", ""), ("folders", ""), ("gold", ""), ("attempts", ""), ("latest", "")),
        *(("orders_2019", ""), ("contest", ""), ("backorders", ""), ("copyright", ""), ("stages", "")),
    ],
)
def test_names_of_backups_and_of_scratch(name: str, kind: str) -> None:
    assert by_name(name) == kind


def test_signs_and_importance() -> None:
    remarks = [Remark("same_content", "holds the very rows of a.b.", 5)]
    told, suggestion = signs("orders_old", 5, date(2020, 1, 1), remarks, TODAY)
    assert suggestion == "destroy"
    assert len(told) == 3
    assert importance(Particulars(referred_by=2), None, 0.0, told, TODAY).level == "high"
    assert importance(Particulars(), None, 0.0, told, TODAY).level == "low"
    assert importance(Particulars(), date(2026, 11, 20), 0.0, (), TODAY).level == "high"
    assert importance(Particulars(), None, 0.0, (), TODAY).level == "medium"


def test_groups_of_files_are_bounded_and_found_again() -> None:
    groups: dict[Group, object] = {}
    paths = [f"d{number}/x.k{number % 1500}" for number in range(5000)]
    for path in paths:
        groups.setdefault(room_for(group_of(path), groups), None)
    assert len(groups) <= 2 * MOST_GROUPS + 1
    known = Known(TODAY, dict.fromkeys(groups, ("none",)))
    assert all(known.of(path) == ("none",) for path in paths)
    assert Known.from_json(known.to_json()) == known
    assert Known(TODAY, {("a", ".txt"): ("none",)}).of("b/new.txt") == ("unknown",)


def test_sizes_as_people_say_them() -> None:
    assert [in_bytes(n) for n in (0, 1023, 1536, 5 * 2**30)] == ["0 B", "1023 B", "1.5 KiB", "5 GiB"]
