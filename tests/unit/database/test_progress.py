"""The progress of a copy over several workers."""

from __future__ import annotations

import pytest

from sunset.database.progress import Tally
from sunset.engine import Progress, Unit

pytestmark = pytest.mark.unit

UNITS = (Unit("s.big", "s.big", 100, 1000), Unit("s.small", "s.small", 10, 200))


def test_one_report_speaks_for_all_workers() -> None:
    said: list[Progress] = []
    tally = Tally("shop", UNITS, said.append, seconds=0)
    big, small = map(tally.begin, UNITS)
    big(40, 400)
    small(5, 100)
    whole = said[-1]
    assert (whole.unit, whole.rows, whole.bytes, whole.total_bytes) == ("shop", 45, 500, 1200)
    assert [(part.unit, part.bytes, part.total_bytes) for part in whole.parts] == [
        ("s.big", 400, 1000),
        ("s.small", 100, 200),
    ]


def test_what_is_left_follows_from_what_has_passed() -> None:
    said: list[Progress] = []
    tally = Tally("shop", UNITS, said.append, seconds=0)
    passed = tally.begin(UNITS[0])
    passed(100, 1300)  # text is longer than what was stored
    tally.end(UNITS[0])
    tally.begin(UNITS[1])(1, 50)
    assert said[-1].total_bytes == 1300 + 200
    assert [part.unit for part in said[-1].parts] == ["s.small"]


def test_reports_keep_their_distance_and_the_end_is_always_said() -> None:
    said: list[Progress] = []
    tally = Tally("shop", UNITS, said.append, seconds=3600)
    for unit in UNITS:
        passed = tally.begin(unit)
        for _ in range(100):
            passed(1, unit.bytes // 100)
        tally.end(unit)
    (last,) = said
    assert (last.rows, last.bytes, last.total_bytes, last.parts) == (200, 1200, 1200, ())


def test_figures_are_kept_with_what_follows_from_them() -> None:
    progress = Progress("shop", 10, 100, 2.0, 300, (Progress("s.t", 10, 100, 2.0, 300),))
    figures = progress.to_json()
    assert (figures["bytes_per_second"], figures["seconds_left"]) == (50, 4.0)
    assert figures["parts"][0]["unit"] == "s.t"
    assert "about 4 s left" in str(progress)
