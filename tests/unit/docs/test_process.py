"""The page on the process has every step, and each row names what does it, what shows it and who answers for it."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from documents import ROOT, prose, section, spans

from sunset.spec.people import Role

pytestmark = pytest.mark.unit

PAGE = ROOT / "docs" / "process.md"
STEPS = (
    "Decision and communication",
    "Inventory and assessment",
    "Design of the migration",
    "Preparation and test",
    "Execution",
    "Verification and after",
    "Training, documents, archive",
    "Risk control and improvement",
    "Documents of the process",
    "Feedback",
)


def rows(step: str) -> list[list[str]]:
    lines = [line for line in section(PAGE, f"## {step}").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.mark.parametrize("step", STEPS)
def test_every_row_names_task_evidence_and_person(step: str) -> None:
    assert len(rows(step)) >= 3
    people = re.compile("|".join([*get_args(Role), "owner of each risk", "everybody in the spec"]))
    for row in rows(step):
        assert len(row) == 4, row
        assert all(row), row
        assert people.search(row[3]), row


def test_evidence_is_what_a_dossier_holds() -> None:
    known = set(spans(prose(ROOT / "docs" / "dossier.md")))
    named = {span for step in STEPS for row in rows(step) for span in spans(row[2])}
    records = {span for span in named if re.fullmatch(r"[a-z_]+/[a-z<>\-]+", span)}
    assert len(records) > 20
    assert {record for record in records if not record.startswith("watch/")} <= known
