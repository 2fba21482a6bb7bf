"""Alarms: due by the clock, raised by failures and standstills, sent once each to a real mail server and hook."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demo.mail import MailCatcher
from services.legacy import shop_spec
from services.mail import Hook, hook
from services.retirement import Retirement, connections
from sunset.alarms.alarm import Alarm
from sunset.alarms.book import AlarmBook
from sunset.alarms.clock import due_alarms
from sunset.alarms.standstill import Standstill
from sunset.dossier.dossier import Dossier
from sunset.dossier.progress import PROGRESS, keep_progress
from sunset.dossier.rounds import Outcome, record_round
from sunset.dossier.store import Store, open_store
from sunset.engine import Progress
from sunset.errors import Deviation, Unavailable
from sunset.spec import Spec
from sunset_operators.alarms import AlarmNotifier, raise_alarms
from sunset_operators.stage_run import run_folder

pytestmark = pytest.mark.integration

ALARMS = """alarms:
  stalled_after: 15m
  error_rate: 10%
  deadline_margin: 30d
  channels: [{channel: email, conn_id: mail}, {channel: slack, conn_id: hook}]
archive:"""
DATES = "freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00"
SOON = "freeze: 2030-01-31T00:00:00+00:00, cutover: 2030-01-31T06:00:00+00:00"
DAILY = 'rehearsal: {schedule: "0 3 * * *", mode: rehearse'
EARLY = datetime(2029, 6, 1, tzinfo=UTC)
NEAR = datetime(2030, 1, 15, tzinfo=UTC)


def spec_of(folder: Path) -> Spec:
    return shop_spec(folder, **{"archive:": ALARMS, DATES: SOON, "rehearsal: {mode: rehearse": DAILY})


@dataclass
class Place:
    spec: Spec
    product: Store
    mail: MailCatcher
    hook: Hook

    def kinds(self, now: datetime) -> list[tuple[str, str]]:
        return [(alarm.kind, alarm.subject) for alarm in due_alarms(self.spec, self.product, now)]

    def rehearsed(self, **seconds: float) -> None:
        digest = self.spec.digest
        record_round(
            self.product, Outcome(run_id="r", spec_digest=digest, sources=("shop",), clean=True, seconds=seconds)
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "mails").mkdir()
    with ExitStack() as undo, hook() as web:
        catcher = MailCatcher.start(tmp_path / "mails", undo)
        undo.enter_context(connections(tmp_path, mail=catcher.connection, hook=web.connection))
        product = open_store(os.environ["SUNSET_DOSSIER"]).child("shop")
        yield Place(spec_of(tmp_path), product, catcher, web)


def alarm(subject: str = "freeze.shop.freeze") -> Alarm:
    return Alarm(
        product="shop", kind="failed", subject=subject, message="it <!here> ended.", remedy="Look.", run_id="r"
    )


def test_the_freeze_comes_near_and_rounds_are_missing(place: Place) -> None:
    assert place.kinds(EARLY) == []
    assert place.kinds(NEAR) == [("deadline", "freeze 2030-01-31")]
    place.rehearsed()
    assert ("deadline", "freeze 2030-01-31") not in place.kinds(NEAR)


def test_the_window_is_shorter_than_what_the_rehearsal_took(place: Place) -> None:
    place.rehearsed(back_up=2 * 3600, migrate=3 * 3600, validate=1800)
    at_five = place.spec.timeline.freeze + timedelta(minutes=29)
    assert "cutover 2030-01-31" not in dict(place.kinds(at_five)).values()
    (late,) = [
        each for each in due_alarms(place.spec, place.product, at_five + timedelta(hours=1)) if each.kind == "deadline"
    ]
    assert late.message == "the migration takes about 5 h 30 min, and 4 h 31 min are left for it."


def test_rehearsals_that_do_not_come(place: Place) -> None:
    place.rehearsed()
    now = datetime.now(UTC)
    assert place.kinds(now + timedelta(hours=20)) == []
    assert place.kinds(now + timedelta(days=3)) == [("rehearsal_overdue", "after round 1")]


def test_an_archive_whose_retention_ends(place: Place) -> None:
    Dossier(place.product.child("run")).record("archive", "receipt", {"uri": "x"})
    Dossier(place.product.child("run")).record("cut_over", "cutover", {})
    assert place.kinds(datetime(2105, 11, 1, tzinfo=UTC)) == []
    assert place.kinds(datetime(2105, 12, 15, tzinfo=UTC)) == [("retention_due", "run")]


def test_a_copy_whose_worker_is_gone(place: Place) -> None:
    run = Dossier(place.product.child("run"))
    run.record("decide", "decision", {"run_id": "run"})
    progress = Progress("shop", 10, 1000, 60.0, 5000)
    keep_progress(place.product.child(PROGRESS).child("run"), "migrate", "shop-pack-0", progress)
    now = datetime.now(UTC)
    assert place.kinds(now + timedelta(minutes=10)) == []
    assert place.kinds(now + timedelta(minutes=20)) == [("stalled", "migrate/shop-pack-0")]
    run.record("close", "verdict", {})
    assert place.kinds(now + timedelta(minutes=20)) == []


def test_each_alarm_is_sent_once_a_channel(place: Place) -> None:
    assert raise_alarms(place.spec, place.product, [alarm(), alarm()]) == (alarm(),)
    assert raise_alarms(place.spec, place.product, [alarm()]) == ()
    (mail,) = place.mail.mails
    assert (mail["To"], mail["Subject"]) == ("ops@example.com", "shop: A task failed: freeze.shop.freeze")
    (posted,) = place.hook.got
    assert "&lt;!here&gt;" in posted["text"]


def test_what_a_channel_did_not_take_is_sent_later_and_the_other_channel_is_not_held_up(place: Place) -> None:
    place.hook.status = 503
    with pytest.raises(Unavailable, match="alarms could not be sent through hook") as caught:
        raise_alarms(place.spec, place.product, [alarm("one"), alarm("two")])
    assert "SECRET-PATH" not in str(caught.value)
    assert (len(place.mail.mails), len(place.hook.got)) == (2, 1)
    place.hook.status = 200
    assert raise_alarms(place.spec, place.product, []) == ()
    assert (len(place.mail.mails), len(place.hook.got)) == (2, 3)


def test_a_failure_is_an_alarm_and_too_many_failed_units_are_another(place: Place, tmp_path: Path) -> None:
    run = Retirement(place.spec, "execute")
    dossier = Dossier(place.product.child(run_folder(run.run_id)))
    dossier.record("migrate", "shop-units", {"packs": [{"units": [1]}, {"units": [1, 1, 1]}]})
    task = "migrate.shop.copy"
    states = {run.run_id: {f"{task}_0": "failed", f"{task}_1": "running"}}
    instance = SimpleNamespace(task_id=task, map_index=0, get_task_states=lambda **_: states)
    error: Exception = Deviation("3 rows differ.", where="shop", remedy="", differences=("x",), record="r")
    context: Any = {**run.context(task), "ti": instance, "exception": error}
    AlarmNotifier(spec=place.spec)(context)
    raised = [(entry.alarm.kind, entry.alarm.message) for entry in AlarmBook.of(place.product).of_run(run.run_id)]
    assert sorted(raised) == [
        ("deviation", "3 rows differ."),
        ("error_share", "25.0% of the units of this copy failed, 10.00% are accepted."),
    ]
    context = {**run.context("assess.shop.preflight"), "exception": ValueError("secret value")}
    AlarmNotifier(spec=place.spec)(context)
    assert "secret value" not in "".join(str(entry) for entry in AlarmBook.of(place.product).entries())


def test_a_standstill_calls_once_and_again_after_a_move() -> None:
    called: list[timedelta] = []
    watch = Standstill(timedelta(seconds=0.2), called.append)
    with watch.watching():
        _until(lambda: len(called) == 1)
        watch.moved()
        _until(lambda: len(called) == 2)
    assert all(quiet >= timedelta(seconds=0.2) for quiet in called)


def _until(reached: Any) -> None:
    deadline = time.monotonic() + 10
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert reached()
