"""What people type at a gate, and how the decision is put before them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from services.legacy import shop_spec
from sunset.feedback import NOT_WEIGHED, new_risks
from sunset.reports.decision import decision_in_markdown
from sunset.spec import load_file
from sunset_headless.arguments import objections

pytestmark = pytest.mark.unit


def test_risks_are_read_one_a_line_and_no_line_is_lost() -> None:
    lines = (
        "A feed | HIGH | low | ask around", "", "  only a worry  ", "a | b | c", "x || medium", "|low|low",
        "one | low | low | a | b",
    )  # fmt: skip
    found = [(each.risk, each.likelihood, each.impact, each.mitigation) for each in new_risks("\n".join(lines))]
    assert found == [
        ("A feed", "high", "low", "ask around"),
        ("only a worry", NOT_WEIGHED, NOT_WEIGHED, ""),
        ("a | b | c", NOT_WEIGHED, NOT_WEIGHED, ""),
        ("x", NOT_WEIGHED, "medium", ""),
        ("|low|low", NOT_WEIGHED, NOT_WEIGHED, ""),
        ("one | low | low | a | b", NOT_WEIGHED, NOT_WEIGHED, ""),
    ]


def test_the_decision_is_text_and_never_markup(tmp_path: Path) -> None:
    evil = "A|B [x](javascript:alert(1)) <img src=x onerror=y> **loud** {{ 7*7 }}"
    spec = shop_spec(tmp_path, **{"reason: Replaced by the new shop.": f"reason: '{evil}'"})
    words = decision_in_markdown(spec)
    assert "2099-01-01" in words
    assert "Owner" in words
    assert r"A\|B \[x\]\(javascript:alert\(1\)\) \<img src=x onerror=y\> \*\*loud\*\* \{\{ 7\*7 \}\}" in words


@pytest.mark.parametrize("gate", ["decide", "approve", "accept"])
def test_a_spec_that_asks_for_more_people_than_it_names_is_refused(tmp_path: Path, gate: str) -> None:
    shop_spec(tmp_path, **{"timeline:": f"gates: {{{gate}: 2}}\ntimeline:"})
    path = tmp_path / "shop.yaml"
    path.write_text(path.read_text().replace("roles: [steward, approver]", "roles: [steward]"))
    (problem,) = load_file(path).problems
    assert "asks for 2 approvers, and 1 of the people have that role" in str(problem)
    assert f"gates.{gate}" in str(problem)


def test_a_headless_run_needs_as_many_people_as_its_gates(tmp_path: Path) -> None:
    spec = shop_spec(tmp_path, **{"timeline:": "gates: {decide: 2}\ntimeline:"})
    for answering, says in ((["steward", "steward"], ["as 2 of crm_owner, steward."]), (["steward", "crm_owner"], [])):
        options = Namespace(mode="execute", approve_as=[*answering, "migration_op"], source=[], param=[])
        found = list(objections(spec, options))
        assert [line.partition("--approve-as ")[2] for line in found] == says
