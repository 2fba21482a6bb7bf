"""What goes to XCom is small, whatever was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sunset.validation.compare import Difference
from sunset.validation.result import Failure, Statistics, ValidationResult
from sunset.validation.rows import RowDifferences, RowName

pytestmark = pytest.mark.unit

STATISTICS = Statistics(
    evaluated=10, passed=9, tables=2, rows=5, checksums_equal=1, sequences=1, objects=3, rules=7, checks=0, sampled=4
)


def result(differences: int) -> ValidationResult:
    row = RowName("id=17", 1, 0, "SELECT * FROM public.orders WHERE id = 17")
    return ValidationResult(
        name="crm",
        success=not differences,
        statistics=STATISTICS,
        differences=tuple(
            Difference("index", f"ix_{number:05}", "missing " + "ä" * 40) for number in range(differences)
        ),
        narrowed=(RowDifferences("public.orders", (row,), (), (), 0, "a" * 32),),
        failures=(Failure("ix", "not there"),),
        folder=Path("docs"),
    )


def test_a_summary_of_many_differences_fits_into_xcom():
    summary = result(5_000).summary()
    assert len(json.dumps(summary)) < 48 * 1024
    assert summary["differences"] == 5_000
    assert summary["differences_by_kind"] == {"index": 5_000}
    assert summary["first"][0].startswith("index ix_00000")


def test_a_small_summary_names_all():
    summary = result(2).summary()
    assert len(summary["first"]) == 3
    assert summary["failures"] == 1


def test_the_full_result_is_json():
    full = json.loads(json.dumps(result(100).to_json()))
    assert len(full["differences"]) == 100
    assert full["narrowed"][0]["missing"][0]["key"] == "id=17"
