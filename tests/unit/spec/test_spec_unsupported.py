"""What nothing carries out yet is refused by name, with what to do until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sunset.spec import Loaded, Spec, unsupported
from sunset.spec.unsupported import NOT_YET

pytestmark = pytest.mark.unit


def test_every_gap_of_the_complete_example_is_named(
    problems_of: Callable[[str], list[str]], complete_text: str
) -> None:
    text = complete_text.replace("route: copy", "route: replicate")
    found = problems_of(text)
    assert [line.partition(":")[2].partition(" is not")[0] for line in found] == [
        "36: alarms:",
    ]
    assert len(found) == len(NOT_YET)
    assert all(" is not carried out yet. " in line and line.endswith(".") for line in found)


def test_minimal_example_asks_for_nothing_missing(
    load_text: Callable[[str], Loaded], minimal_text: str, minimal_data: dict[str, Any]
) -> None:
    assert load_text(minimal_text).problems == ()
    assert unsupported(Spec.model_validate(minimal_data)) == ()


@pytest.mark.parametrize(
    "said",
    [
        {"alarms": {}},
        {"notices": {"language": "zh"}},
        {"notices": {"support": {"until": "2027-03-31", "contact": "a@b.example", "plan": "none"}}},
        {"dispositions": [{"match": {"kind": "table"}, "do": "migrate", "because": "needed"}]},
    ],
)
def test_what_needs_no_engine_is_fine(minimal_data: dict[str, Any], said: dict[str, Any]) -> None:
    assert unsupported(Spec.model_validate(minimal_data | said)) == ()


def test_defaults_spelled_out_are_fine(minimal_data: dict[str, Any]) -> None:
    minimal_data["sources"]["databases"][0] |= {"route": "copy", "read_conn_id": None}
    assert unsupported(Spec.model_validate(minimal_data)) == ()
