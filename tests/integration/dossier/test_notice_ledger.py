"""The ledger of notices on a local disk and on S3: of many who claim at once, one may send."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sunset.notices.ledger import Key, Ledger

if TYPE_CHECKING:
    from sunset.dossier.store import Store

pytestmark = pytest.mark.integration

KEY = Key("shop", "Kunden & Größen/客户", date(2027, 1, 1), "f" * 64, "a@example.com")


def test_of_many_claims_at_once_one_is_given(store: Store) -> None:
    ledger = Ledger(store)
    with ThreadPoolExecutor(8) as tasks:
        given = list(tasks.map(lambda number: ledger.claim(KEY, f"run {number}", {}), range(8)))
    assert sorted(claim for claim in given if claim) == [1]
    assert ledger.look(KEY).status == "in doubt"
    ledger.record(KEY, 1, "failed", "away")
    with ThreadPoolExecutor(8) as tasks:
        given = list(tasks.map(lambda number: ledger.claim(KEY, f"run {number}", {}), range(8)))
    assert sorted(claim for claim in given if claim) == [2]
    ledger.record(KEY, 2, "sent")
    assert ledger.look(KEY).status == "sent"
    assert ledger.claim(KEY, "another run", {}) is None


def test_an_address_stands_in_no_path(store: Store) -> None:
    ledger = Ledger(store)
    ledger.claim(KEY, "a run", {})
    assert not any("example.com" in path for path in store.list())
    assert len(store.list("notices/")) == 1
