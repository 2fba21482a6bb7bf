"""The daily watch reads archives again and names what falls due; a hold is set and lifted by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.disposal import DUE, Retired, on, retired
from services.kept import Kept
from services.legacy import shop_spec
from sunset.archive.holds import standing
from sunset.dossier.dossier import Dossier
from sunset.dossier.store import Store, open_store
from sunset.errors import Deviation, Refusal
from sunset_operators.holds import ChangeHold
from sunset_operators.watch import CheckFixity, ReportDue

pytestmark = pytest.mark.integration

DAY = date(2030, 1, 1)


@pytest.fixture(scope="module")
def shop(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retired]:
    with retired(kept, tmp_path_factory.mktemp("watch")) as scene:
        yield scene


@pytest.fixture
def product(shop: Retired) -> Store:
    return open_store(str(shop.dossier.parent))


def fixity(shop: Retired, day: date) -> Any:
    with on(day):
        return CheckFixity(task_id="fixity", spec=shop_spec(shop.places.folder, **DUE)).execute({})


def test_every_byte_is_read_again_when_its_turn_comes(shop: Retired, product: Store) -> None:
    assert fixity(shop, DAY)["read"] == 1
    assert fixity(shop, DAY + timedelta(days=29)) == {"archives": 1, "read": 0, "files": 0}
    table = next(shop.bag.rglob("*.parquet"))
    saved = table.read_bytes()
    table.write_bytes(saved[:-1] + b"x")
    for day in (30, 31):  # a bag that did not hold is read every day
        with pytest.raises(Deviation, match=rf"{table.name}: was changed after it was packed"):
            fixity(shop, DAY + timedelta(days=day))
    table.write_bytes(saved)
    assert fixity(shop, DAY + timedelta(days=32))["read"] == 1
    last = Dossier(product.child("watch")).latest("fixity", shop.dossier.name)
    assert last is not None
    assert (last["on"], last["differences"]) == ("2030-02-02", [])


def test_what_falls_due_is_named(shop: Retired, product: Store) -> None:
    def due(day: date, **changes: str) -> list[tuple[str, str]]:
        with on(day):
            ReportDue(task_id="due", spec=shop_spec(shop.places.folder, **changes)).execute({})
        found = Dossier(product.child("watch")).latest("due", "due")
        assert found is not None
        assert found["on"] == day.isoformat()
        return [(each["subject"], each["state"]) for each in found["due"]]

    held = {"archive: {": "disposal: {sources_from: 2020-01-01, hold: Case 7}\narchive: {"}
    assert due(date(2019, 12, 20), **DUE) == [("shop", "soon")]
    assert due(date(2020, 1, 1), **DUE) == [("shop", "due")]
    assert due(date(2020, 1, 2), **held) == [("shop", "held")]
    assert due(date(2105, 12, 20), **DUE) == [("shop", "due"), ("archive", "soon")]
    assert due(date(2106, 1, 2), **DUE) == [("shop", "due"), ("archive", "due")]
    with on(date(2019, 1, 1)):
        quiet = ReportDue(task_id="due", spec=shop_spec(shop.places.folder, **DUE)).execute({})
    assert quiet == {"due": 0}


def change(who: str | None, **form: str) -> Any:
    spec = form.pop("spec", None)
    task = ChangeHold(task_id="change", specs={"shop": spec})  # type: ignore[dict-item]
    params = {"product": "shop", "act": "set", "matter": "case 7", "reason": "The court asked.", **form}
    return task.execute({"params": params, "dag_run": SimpleNamespace(triggering_user_name=who)})  # type: ignore[typeddict-item]


def test_a_hold_is_set_and_lifted_by_people_of_the_spec(shop: Retired, product: Store, tmp_path: Path) -> None:
    act: Callable[..., Any] = lambda who, **form: change(who, spec=shop_spec(tmp_path), **form)  # noqa: E731
    for stranger in (None, "stranger"):
        with pytest.raises(Refusal, match="is not among the people of the spec"):
            act(stranger)
    with pytest.raises(Refusal, match="no such hold stands"):
        act("steward", act="lift")
    assert act("steward")["standing"] == 1
    assert act("crm_owner")["by"] == "steward"  # it stands already
    assert act("crm_owner", matter="audit")["standing"] == 2
    assert act("crm_owner", act="lift", reason="The case is closed.")["standing"] == 1
    (left,) = standing(product)
    assert (left.matter, left.by) == ("audit", "crm_owner")
    for path in sorted(shop.dossier.parent.glob("holds/*.json"))[:1]:
        saved = path.read_bytes()
        path.write_bytes(saved.replace(b"case 7", b"case 8"))
        with pytest.raises(Deviation, match="record of the holds was tampered with"):
            standing(product)
        path.write_bytes(saved)
    act("crm_owner", act="lift", matter="audit")
