"""What is left out for its age must still be old when the source stands still."""

from __future__ import annotations

from typing import Any

import pytest

from sunset.catalogue.aged import require_still_old
from sunset.catalogue.survey import Particulars
from sunset.errors import Refusal
from sunset.spec.dispositions import Match, Rule

pytestmark = pytest.mark.unit

RULES = [
    Rule(match=Match(older_than_days=100), do="archive", because="old"),
    Rule(match=Match(kind="*"), do="destroy", because="all"),
]
OLD, NEW = "2020-01-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"


def record(rule: int | None, writes: int | None, do: str | None = "archive") -> dict[str, Any]:
    asset = {"address": "a.b", "rule": rule, "do": do, "writes": writes}
    return {"source": "s", "as_of": "2026-11-25", "assets": [asset]}


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        (record(1, 5), Particulars(last_write=NEW, writes=5)),  # a VACUUM, and nothing counted
        (record(1, None), Particulars(last_write=OLD)),
        (record(2, 5), Particulars(last_write=NEW, writes=9)),
        (record(1, 5, "migrate"), Particulars(last_write=NEW, writes=9)),
        (record(None, 5, None), Particulars(last_write=NEW, writes=9)),
    ],
)
def test_still_old_or_none_of_its_business(recorded: dict[str, Any], now: Particulars) -> None:
    require_still_old(recorded, RULES, {"a.b": now})


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        (record(1, 5), {"a.b": Particulars(last_write=OLD, writes=6)}),  # not in the file yet
        (record(1, 5), {"a.b": Particulars(last_write=OLD, writes=0)}),  # counted anew: a crash
        (record(1, None), {"a.b": Particulars(last_write=NEW)}),
        (record(1, None), {"a.b": Particulars()}),
        (record(1, None), {}),
    ],
)
def test_written_to_or_not_known(recorded: dict[str, Any], now: dict[str, Particulars]) -> None:
    with pytest.raises(Refusal, match=r"was left out for its age, and was written to since: a\.b"):
        require_still_old(recorded, RULES, now)
