"""Destruction refuses, names why, and does nothing; before people are asked, and once more after they approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.disposal import DUE, Disposal, Retired, on, retired
from services.kept import Kept
from services.legacy import shop_spec
from services.places import run_sql
from services.retirement import approval
from sunset.alarms.book import AlarmBook
from sunset.archive.holds import lift_hold, set_hold
from sunset.database.postgres.endpoint import connect
from sunset.disposal.postgres import PostgresContents
from sunset.dossier.store import open_store
from sunset.errors import Refusal, SunsetError
from sunset_operators.days import today

pytestmark = pytest.mark.integration

HOLD = 'disposal: {sources_from: 2020-01-01, hold: "Case 7"}\narchive: {'
LATER = f"disposal: {{sources_from: {today() + timedelta(days=1)}}}\narchive: {{"
ONE_APPROVER = {"roles: [steward, approver]": "roles: [steward]"}
STRANGER = {"migration_op: {name: Operator": "gone: {name: Gone", "roles: [operator]": "roles: [approver]"}
OTHER_SOURCE = {"schemas: [shop]}": "schemas: [shop], parallel: 3}"}


@pytest.fixture(scope="module")
def shop(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retired]:
    """One retirement for all cases: each undoes what it did."""
    with retired(kept, tmp_path_factory.mktemp("refused")) as scene:
        yield scene


@contextmanager
def unchanged(shop: Retired) -> Iterator[None]:
    """Nothing was destroyed, and nothing certified."""
    before = state(shop)
    yield
    assert state(shop) == before
    assert not list((shop.places.folder / "dossiers" / "shop").glob("disposals/*/certify"))


def state(shop: Retired) -> Any:
    """The databases of the server, what is in source and target, and the files of the bag."""
    query = "SELECT oid::regclass::text, pg_relation_filenode(oid) FROM pg_class WHERE oid >= 16384 ORDER BY oid"
    found = []
    for database in (shop.places.source, shop.places.target):
        with connect(database, "tests") as link:
            found.append(link.execute(query).fetchall())
    with connect(shop.places.server, "tests") as link:
        databases = link.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
    return databases, found, {path: path.stat().st_mtime_ns for path in shop.bag.rglob("*")}


@contextmanager
def rewritten(path: Path, data: bytes | None) -> Iterator[None]:
    saved = path.read_bytes()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    yield
    path.write_bytes(saved)


@contextmanager
def source_changed(shop: Retired, change: str, back: str) -> Iterator[None]:
    """Change the frozen source, and take the change back."""
    write = "SET default_transaction_read_only = off"
    run_sql(shop.places.source, write, change)
    yield
    run_sql(shop.places.source, write, back)


def source_written(shop: Retired) -> AbstractContextManager[None]:
    insert, delete = "INSERT INTO shop.clicks VALUES ('after', 99)", "DELETE FROM shop.clicks WHERE n = 99"
    return source_changed(shop, insert, delete)


def destroyed_table_written(shop: Retired) -> AbstractContextManager[None]:
    insert, delete = "INSERT INTO shop.tmp_import VALUES ('after')", "DELETE FROM shop.tmp_import WHERE line = 'after'"
    return source_changed(shop, insert, delete)


def source_grown(shop: Retired) -> AbstractContextManager[None]:
    return source_changed(shop, "CREATE TABLE shop.later (id int)", "DROP TABLE shop.later")


@contextmanager
def source_thawed(shop: Retired) -> Iterator[None]:
    name = shop.places.source.database
    run_sql(shop.places.server, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    yield
    run_sql(shop.places.server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")


@contextmanager
def target_changed(shop: Retired) -> Iterator[None]:
    run_sql(shop.places.target, "INSERT INTO shop.clicks VALUES ('after', 99)")
    yield
    run_sql(shop.places.target, "DELETE FROM shop.clicks WHERE n = 99")


@contextmanager
def held(shop: Retired) -> Iterator[None]:
    product = open_store(str(shop.dossier.parent))
    set_hold(product, "case 7", "The court asked for it.", "steward")
    yield
    lift_hold(product, "case 7", "The case is closed.", "steward")


def backup_never_restored(shop: Retired) -> AbstractContextManager[None]:
    return rewritten(shop.dossier / "back_up" / "shop-restored.1.json", None)


def dossier_tampered_with(shop: Retired) -> AbstractContextManager[None]:
    path = shop.dossier / "plan" / "plan.1.json"
    return rewritten(path, path.read_bytes().replace(b"0", b"1", 1))


def asset_undecided(shop: Retired) -> AbstractContextManager[None]:
    path = shop.dossier / "discover" / "shop.1.json"
    return rewritten(path, path.read_bytes().replace(b'"do": "migrate"', b'"do": null', 1))


def no_good_verdict(shop: Retired) -> AbstractContextManager[None]:
    path = shop.dossier / "close" / "verdict.1.json"
    return rewritten(path, path.read_bytes().replace(b'"held": true', b'"held": false', 1))


def bag_damaged(shop: Retired) -> AbstractContextManager[None]:
    path = next(shop.bag.rglob("*.parquet"))
    return rewritten(path, path.read_bytes()[:-1] + b"x")


Damage = Callable[[Retired], AbstractContextManager[None]]

BEFORE: dict[str, tuple[Damage, str]] = {
    "source written": (source_written, "the source was changed after it was backed up"),
    "a table that was not migrated written": (destroyed_table_written, "the source was changed after it was backed up"),
    "source grown": (source_grown, "never catalogued: table shop.later"),
    "source thawed": (source_thawed, "the source does not stand still"),
    "target changed": (target_changed, "the target was changed after it was accepted"),
    "hold": (held, "a hold 'case 7', set by steward"),
    "backup never restored": (backup_never_restored, "no record of 'shop-restored'"),
    "dossier tampered with": (dossier_tampered_with, "the dossier of the retirement does not hold: plan/plan.1.json"),
    "undecided asset": (asset_undecided, "1 assets are undecided"),
    "bad verdict": (no_good_verdict, "did not end with a good verdict"),
    "bag damaged": (bag_damaged, "the archive does not hold"),
}


@pytest.mark.parametrize(("damage", "said"), BEFORE.values(), ids=BEFORE.keys())
def test_refused_before_people_are_asked(shop: Retired, damage: Damage, said: str) -> None:
    with damage(shop), unchanged(shop):
        with pytest.raises(SunsetError, match=said.replace("(", r"\(")) as caught:
            shop.disposal(run_id="before").run("list")
        assert "nothing is destroyed" in str(caught.value)


SPECS: dict[str, tuple[dict[str, str], str]] = {
    "no day": ({}, "names no day"),
    "a day not reached": ({"archive: {": LATER}, "sources may be destroyed from"),
    "a hold in the spec": ({"archive: {": HOLD}, "a hold stands in the spec: Case 7"),
    "one approver": ({**DUE, **ONE_APPROVER}, "2 different people have to approve, and the spec names 1"),
    "an unknown user": ({**DUE, **STRANGER}, "Airflow knows no user gone"),
    "another source": ({**DUE, **OTHER_SOURCE}, "the spec of the source shop was changed"),
}


@pytest.mark.parametrize(("changes", "said"), SPECS.values(), ids=SPECS.keys())
def test_refused_by_the_spec_as_it_stands(shop: Retired, tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with unchanged(shop), pytest.raises(SunsetError, match=said):
        shop.disposal(spec=shop_spec(tmp_path, **changes), run_id="by-spec").run("list")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"run": "first"}, "no execution that came to its verdict"),
        ({"run": "nowhere"}, "no run 'nowhere' of this product"),
        ({"subject": "shop.orders"}, "nothing of the name 'shop.orders'"),
    ],
)
def test_refused_by_the_form(shop: Retired, form: dict[str, str], said: str) -> None:
    disposal = shop.disposal(run_id="by-form")
    disposal.params = {**disposal.params, **form}
    with unchanged(shop), pytest.raises(SunsetError, match=said):
        disposal.run("list")


def test_an_archive_is_refused_before_its_day_and_on_it(shop: Retired) -> None:
    for day in (today(), date(2106, 1, 1)):
        with on(day), unchanged(shop), pytest.raises(SunsetError, match="kept until 2106-01-01"):
            shop.disposal("archive", run_id="archive").run("list")


def test_a_refusal_is_an_alarm(shop: Retired) -> None:
    disposal = shop.disposal(run_id="alarmed")
    task, context = disposal.dag.get_task("list"), disposal.context("list")
    with held(shop), pytest.raises(SunsetError) as caught:
        disposal.run("list")
    for callback in task.on_failure_callback:
        callback({**context, "exception": caught.value})
    (alarm,) = AlarmBook.of(open_store(str(shop.dossier.parent))).of_run("alarmed")
    assert (alarm.alarm.kind, alarm.alarm.subject) == ("deviation", "list")
    assert "nothing is destroyed" in alarm.alarm.message


@pytest.fixture(scope="module")
def approved(shop: Retired) -> Disposal:
    disposal = shop.disposal(run_id="approved")
    disposal.run_through("approve.read_answer")
    return disposal


LATE = ("source written", "source grown", "source thawed", "target changed", "hold", "dossier tampered with")


@pytest.mark.parametrize("case", LATE)
def test_refused_after_the_approval(shop: Retired, approved: Disposal, case: str) -> None:
    damage, said = BEFORE[case]
    with damage(shop), unchanged(shop), pytest.raises(SunsetError, match=said):
        approved.run("destroy")
    assert approved.dossier.latest("destroy", "intent") is None


def test_refused_when_the_list_was_changed_or_an_approver_left(
    shop: Retired, approved: Disposal, tmp_path: Path
) -> None:
    (listed,) = Path(approved.dossier.store.root).glob("list/*/items.jsonl")
    text = listed.read_bytes()
    tampered = rewritten(listed, text.replace(b"shop.orders", b"shop.ordeal", 1))
    with tampered, unchanged(shop), pytest.raises(Refusal, match="the list is not the one that was approved"):
        approved.run("destroy")
    replaced = {"crm_owner: {": "owner: {"}
    later = shop.disposal(spec=shop_spec(tmp_path, **DUE, **replaced), run_id="approved")
    with unchanged(shop), pytest.raises(SunsetError, match="crm_owner approved, and is no approver"):
        later.run("destroy")


def test_refused_when_the_source_was_written_to_after_a_try_that_did_nothing(
    shop: Retired, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Refusal("must be owner of table orders.", where="tests", remedy="")

    disposal = shop.disposal(run_id="again")
    disposal.run_through("approve.read_answer")
    with monkeypatch.context() as patched:
        patched.setattr(PostgresContents, "_drop", fail)
        with pytest.raises(Refusal, match="must be owner"):
            disposal.run("destroy")
    assert disposal.dossier.latest("destroy", "intent") is not None
    with source_written(shop), unchanged(shop), pytest.raises(SunsetError, match="the source was changed"):
        disposal.run("destroy")


ANSWERS: dict[str, tuple[list[Any], str]] = {
    "nobody": ([None, None], "never answered"),
    "one of two": ([approval("crm_owner"), None], "2 people have to approve, and only crm_owner did"),
    "the same twice": ([approval("crm_owner"), approval("crm_owner")], "crm_owner answered twice"),
    "an unknown user": ([approval("crm_owner"), approval("stranger")], "'stranger', who is not asked here"),
    "an operator": ([approval("crm_owner"), approval("migration_op")], "'migration_op', who is not asked here"),
    "a rejection": ([approval("crm_owner"), approval("steward", "Reject")], "the answer was"),
}


@pytest.mark.parametrize(("answers", "said"), ANSWERS.values(), ids=ANSWERS.keys())
def test_refused_by_the_answers(shop: Retired, approved: Disposal, answers: list[Any], said: str) -> None:
    disposal = shop.disposal(run_id="answers")
    disposal.xcom = {**approved.xcom}
    with unchanged(shop):
        if disposal.dossier.latest("list", "basis") is None:
            disposal.run_through("approve.seal")
        disposal.answers = dict(zip(("approve.destruction", "approve.destruction_2"), answers, strict=True))
        with pytest.raises(Refusal, match=said):
            disposal.run("approve.read_answer")
        with pytest.raises(Refusal, match="nobody approved this destruction"):
            disposal.run("destroy")
