"""Runs that have no right to start: named, before anything is written."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement, approval
from services.scheduling import go_on

pytestmark = pytest.mark.integration


def test_an_execution_without_a_rehearsal(places: Places) -> None:
    assert "shop: rehearsal: 0 clean rounds in a row with this spec, 1 are required." in str(places.refused("execute"))


def test_an_execution_with_too_few_clean_rounds(rehearsed: Places) -> None:
    error = rehearsed.refused("execute", **{"clean_rounds_required: 1": "clean_rounds_required: 2"})
    assert "0 clean rounds in a row with this spec, 2 are required. The spec was changed" in str(error)


def test_an_execution_of_a_spec_that_was_changed_since(rehearsed: Places) -> None:
    error = rehearsed.refused("execute", **{"because: needed": "because: needed by law"})
    assert "0 clean rounds in a row with this spec, 1 are required. The spec was changed since the last round." in str(
        error
    )


def test_a_last_round_that_was_not_clean(rehearsed: Places) -> None:
    run = Retirement(shop_spec(rehearsed.folder), "rehearse", run_id="second")
    run.run_through("assess.shop.preflight")
    assert set(go_on(run, {"rehearse.shop.restore": "failed"})) == {"rehearse.record_round", "close.verdict"}
    assert "0 clean rounds in a row" in str(rehearsed.refused("execute"))


@pytest.mark.parametrize(
    ("window", "says"),
    [
        ("freeze: 2098-01-01T00:00:00+00:00", "has not opened yet: it is open from 2098-01-01"),
        (
            "freeze: 2020-01-01T00:00:00+00:00, cutover: 2020-01-02T00:00:00+00:00",
            "is over: it is open from 2020-01-01",
        ),
    ],
)
def test_a_clock_outside_of_the_freeze_window(places: Places, window: str, says: str) -> None:
    changed = {"freeze: 2020-01-01T00:00:00+00:00": window}
    if "cutover" in window:
        changed = {"freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00": window}
    Retirement(shop_spec(places.folder, **changed), "rehearse", run_id="first").run_through("rehearse.record_round")
    assert f"shop: timeline: the freeze window {says}" in str(places.refused("execute", **changed))


def test_a_window_that_closes_while_people_think(rehearsed: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Retirement(shop_spec(rehearsed.folder), "execute")
    run.run_through("approve.seal")
    late = SimpleNamespace(now=lambda zone: datetime(2099, 1, 1, tzinfo=zone))
    monkeypatch.setattr("sunset_operators.decide.datetime", late)
    run.answers["approve.go_no_go"] = approval("crm_owner")
    with rehearsed.untouched():
        errors = go_on(run)
    assert "the freeze window is over" in str(errors["freeze.shop.freeze"])
    assert set(errors) == {"freeze.shop.freeze", "close.verdict"}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_execution_without_a_reason(rehearsed: Places, reason: str) -> None:
    run = Retirement(shop_spec(rehearsed.folder), "execute", reason=reason)
    with rehearsed.untouched():
        assert "an execution needs a reason" in str(go_on(run)["decide.record"])


@pytest.mark.parametrize("mode", ["dry_run", "rehearse", "execute"])
def test_a_source_that_the_spec_does_not_have(rehearsed: Places, mode: str) -> None:
    run = Retirement(shop_spec(rehearsed.folder), mode, sources=("shop", "shpo"))
    with rehearsed.untouched():
        errors = go_on(run)
    assert "the spec has no source shpo; it has shop" in str(errors["decide.record"])
    assert "close.verdict" in errors
