from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sunset.dossier.rounds import Outcome, history, record_round, verify_rounds
from sunset.errors import Deviation

if TYPE_CHECKING:
    from sunset.dossier.store import Store

pytestmark = pytest.mark.integration


def outcome(run_id: str, *differences: str) -> Outcome:
    return Outcome(
        run_id=run_id, spec_digest="s", sources=("crm",), clean=not differences, differences=differences,
        seconds={"rehearse": 1.5}, rows=2**60, bytes=3,
    )  # fmt: skip


def test_a_round_is_recorded_once_and_superseded_by_another_outcome(store: Store) -> None:
    first = record_round(store, outcome("a", "x"))
    assert (first.number, first.previous) == (1, None)
    assert record_round(store, outcome("a", "x")) == first
    second = record_round(store, outcome("b"))
    assert second.previous == store.sha256("rounds/0001.json")
    third = record_round(store, outcome("a"))
    assert history(store) == (second, third)
    assert store.list("rounds/") == ("rounds/0001.json", "rounds/0002.json", "rounds/0003.json")
    assert verify_rounds(store) == ()


def test_runs_that_record_at_once_get_numbers_of_their_own(store: Store) -> None:
    with ThreadPoolExecutor(6) as runs:
        made = [*runs.map(lambda run: record_round(store, outcome(f"run {run // 2}")), range(12))]
    assert len({one.number for one in made}) == 6
    assert [one.number for one in history(store)] == [1, 2, 3, 4, 5, 6]
    assert verify_rounds(store) == ()


def test_a_history_that_was_tampered_with_counts_no_more(store: Store) -> None:
    for run in "abc":
        record_round(store, outcome(run, "x"))
    content = store.read("rounds/0002.json")
    store.delete_tree("rounds/0002.json")
    assert [(problem.kind, problem.path) for problem in verify_rounds(store)] == [("missing", "rounds/0002.json")]
    store.write_new("rounds/0002.json", content.replace(b'"clean": false', b'"clean": true'))
    assert [(problem.kind, problem.path) for problem in verify_rounds(store)] == [("broken", "rounds/0002.json")]
    with pytest.raises(Deviation):
        history(store)
    with pytest.raises(Deviation):
        record_round(store, outcome("d"))
