"""The pages that people read: whole, and escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.legacy import shop_spec
from sunset.dossier.rounds import Round, compare
from sunset.engine import Finding
from sunset.rehearsal.rules import rules
from sunset.reports.pages import closing_page, plan_page, round_page
from sunset.reports.trend import HEIGHT, trend

pytestmark = pytest.mark.unit

EVIL = "<script>alert(1)</script>"


def made(number: int, seconds: float, *differences: str) -> Round:
    return Round(
        run_id=f"run {number}",
        spec_digest="d" * 64,
        sources=("shop",),
        clean=not differences,
        differences=differences,
        seconds={"run": seconds},
        rows=12345,
        bytes=2**21,
        number=number,
        recorded_at="2026-01-01T00:00:00+00:00",
        previous=None,
    )


def test_the_round_page_shows_what_was_fixed_and_what_is_new(tmp_path: Path) -> None:
    rounds = (
        made(1, 60.0, "shop.orders: rows differ", "shop.clicks: gone"),
        made(2, 30.0, "shop.orders: rows differ", EVIL),
    )
    spec = shop_spec(tmp_path)
    judged = rules(spec, rounds[0], rounds[1], datetime.now(UTC))
    page = round_page(spec, rounds, rounds[1], compare(rounds[0], rounds[1]), judged)
    assert "New (1)" in page
    assert "Open (1)" in page
    assert "Fixed (1)" in page
    assert "12,345 rows, 2.0 MiB" in page
    assert '<td>run</td><td class="number">30.0 s</td><td class="number">1 min 0 s</td>' in page
    assert "integrity: no difference" in page
    assert "Security, new (0)" in page
    assert "not clean" in page
    assert EVIL not in page


def plan_of(tmp_path: Path, rehearsed: Any, *findings: Finding) -> str:
    outline = {"assets": 0, "rows": 0, "bytes": 0, "by_disposition": {}, "not_carried": []}
    plan = {
        "run_id": "r", "mode": "rehearse", "started_by": "op", "reason": EVIL, "spec_digest": "d",
        "rehearsed": rehearsed,
        "sources": {"shop": outline}, "preflight": {"shop": [finding.to_json() for finding in findings]},
    }  # fmt: skip
    return plan_page(shop_spec(tmp_path), plan, {"shop": {"assets": []}})


def test_the_plan_shows_findings_and_estimates_beside_the_last_rehearsal(tmp_path: Path) -> None:
    found = Finding("warning", "orphans", "shop.orders", f"2 rows break it {EVIL}", "Correct them.")
    estimate = Finding("info", "estimate", "copy", "1.0 MiB over one connection", seconds=7325.0)
    rehearsed = {"number": 3, "recorded_at": "today", "sources": ["shop"], "seconds": {"run": 65.0}, "rows": 12345}
    page = plan_of(tmp_path, rehearsed, found, estimate)
    assert '<td class="word warning">warning</td><td class="word">orphans</td>' in page
    assert "2 h 2 min" in page
    assert "round 3 of today, took 1 min 5 s for the run, with 12,345 rows of shop" in page
    assert "<td>estimate</td>" not in page
    assert EVIL not in page


def test_a_plan_before_the_first_rehearsal_says_so(tmp_path: Path) -> None:
    page = plan_of(tmp_path, None, Finding("info", "estimate", "room on the target", "1 MiB"))
    assert "no rehearsal yet" in page
    assert "room on the target" in page


def test_bars_are_shares_of_the_longest_round() -> None:
    bars = trend((made(1, 60.0, "x"), made(2, 30.0)))
    assert [bar.height for bar in bars] == [HEIGHT, HEIGHT / 2]
    assert [bar.clean for bar in bars] == [False, True]
    assert trend(()) == ()


def test_the_closing_page_names_every_gap_and_sign_off(tmp_path: Path) -> None:
    verdict = {
        "run_id": "r", "mode": "execute", "started_by": "op", "reason": EVIL, "spec_digest": "d", "sources": ["shop"],
        "assets": 3, "rows": 1000, "bytes": 0, "checksums_equal": 1, "tables": 2, "checks": 10, "checks_passed": 9,
        "quarantined": {"shop.orders": 7},
        "confirmed": None, "alarms": [EVIL], "rounds": 1, "clean_rounds_in_a_row": 1, "archive": None,
        "dossier": "file:///d", "held": False,
        "gaps": ["task validate.shop.compare: failed"],
        "approvals": [
            {"gate": "approve", "name": "Owner", "by": "crm_owner", "at": "now", "comment": "", "digest": "abc"}
        ],
    }  # fmt: skip
    page = closing_page(shop_spec(tmp_path), verdict)
    assert "did not hold" in page
    assert "<code>shop.orders</code>: 7 rows" in page
    assert "task validate.shop.compare: failed" in page
    assert "crm_owner" in page
    assert EVIL not in page
