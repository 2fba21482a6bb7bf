"""Notices through the real operators, a real mail server and a real hook: each once, failures shown, nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.mail import MailCatcher
from services.legacy import shop_spec
from services.mail import Hook, hook
from services.retirement import Retirement, connections
from sunset.dossier.rounds import Outcome, record_round
from sunset.dossier.store import open_store
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.spec import Spec
from sunset_operators.announce import SendDueNotices
from sunset_operators.evidence import gaps

pytestmark = pytest.mark.integration

TIMES = "timeline: {freeze"
NOTICES = """notices:
  support: {until: 2090-03-31, contact: help@example.com, plan: Read-only access on request.}
  audiences:
    - {name: staff, channel: email, conn_id: mail, to: [a@example.com, b@example.com], days_before_cutover: [60]}
    - {name: 客户, channel: email, conn_id: mail, to: [c@example.com], language: zh, days_before_cutover: [60]}
    - {name: chat, channel: slack, conn_id: hook, days_before_cutover: [60]}
    - {name: partners, channel: webhook, conn_id: hook, days_before_cutover: [60]}
timeline: {announce: 2019-12-01, freeze"""
SECRET = "SECRET-PATH"


@dataclass
class Place:
    """A product whose announcement has come, a mail catcher and a hook."""

    folder: Path
    spec: Spec
    mail: MailCatcher
    hook: Hook

    def execution(self, run_id: str = "execution") -> Retirement:
        """An execution that is let in, before anybody is told."""
        run = Retirement(self.spec, "execute", run_id=run_id)
        run.run_through("announce.preview")
        return run

    def send(self, run: Retirement) -> SunsetError | None:
        try:
            run.run("announce.send")
        except SunsetError as error:
            return error
        return None

    def clock(self) -> int:
        task = SendDueNotices(task_id="notices", spec=self.spec)
        return task.execute({"run_id": "scheduled"})  # type: ignore[typeddict-item]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        return [(str(mail["To"]), str(mail["Subject"])) for mail in self.mail.mails]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "mails").mkdir()
    (tmp_path / "products").mkdir()
    with ExitStack() as undo, hook() as web:
        catcher = MailCatcher.start(tmp_path / "mails", undo)
        spec = shop_spec(tmp_path / "products", **{TIMES: NOTICES})
        undo.enter_context(connections(tmp_path, mail=catcher.connection, hook=web.connection))
        outcome = Outcome(run_id="first", spec_digest=spec.digest, sources=("shop",), clean=True)
        record_round(open_store(os.environ["SUNSET_DOSSIER"]).child("shop"), outcome)
        yield Place(tmp_path, spec, catcher, web)


def test_each_hears_it_once_through_retries_clears_a_second_run_and_the_clock(place: Place) -> None:
    run = place.execution()
    assert place.mail.mails == []
    for again in (run, run, place.execution("second")):
        assert place.send(again) is None
    assert place.clock() == 5
    assert place.subjects == [
        ("a@example.com", "Legacy shop will be retired on 1 January 2099"),
        ("b@example.com", "Legacy shop will be retired on 1 January 2099"),
        ("c@example.com", "Legacy shop 将于2099年1月1日停用"),
    ]
    chat, partners = place.hook.got
    assert set(chat) == {"text", "headers of the request"}
    assert partners["subject"].startswith("Legacy shop will be retired")
    assert partners["headers"]["Sunset"] == "Thu, 01 Jan 2099 00:00:00 GMT"
    assert partners["headers of the request"]["Idempotency-Key"] == partners["id"]
    sent = run.dossier.latest("announce", "sent")
    assert sent is not None
    assert [each["status"] for each in sent["notices"]] == ["sent"] * 5
    assert sent["differences"] == []
    assert "announce" not in " ".join(gaps(_stage_run(run)))


def _stage_run(run: Retirement) -> Any:
    from sunset_operators.stage_run import StageRun

    return StageRun.of(run.spec, run.context("close.verdict"))


def test_mails_are_whole_in_both_languages(place: Place) -> None:
    place.send(place.execution())
    english, _, chinese = place.mail.mails
    assert english["From"] == "sunset@example.com"
    assert english["Auto-Submitted"] == "auto-generated"
    assert str(english["Message-ID"]).endswith("@sunset.invalid>")
    body = chinese.get_body(("html",))
    assert body is not None
    assert "归档副本保存至2106年1月1日" in body.get_content()


def test_the_preview_holds_every_notice_and_sends_none(place: Place) -> None:
    for mode in ("dry_run", "rehearse"):
        run = Retirement(place.spec, mode, run_id=mode)
        run.run("decide.record")
        run.run("announce.preview")
        with pytest.raises(BaseException, match="does not go as far"):
            run.run("announce.send")
        record = run.dossier.latest("announce", "notices")
        assert record is not None
        assert len(record["notices"]) == 8  # four audiences, each at the announcement and 60 days before
        assert record["headers"]["Deprecation"] == "@1575158400"
        assert all("<html" in run.dossier.store.read(each["page"]).decode() for each in record["notices"])
    assert place.mail.mails == place.hook.got == []


def test_a_dead_mail_server_delays_fails_its_task_alone_and_loses_nothing(place: Place) -> None:
    dead = json.dumps({**place.mail.connection, "port": 9})
    run = place.execution()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AIRFLOW_CONN_MAIL", dead)
        error = place.send(run)
        assert isinstance(error, Unavailable)  # tried again
        assert "3 notices did not certainly reach their recipients" in str(error)
        assert "the mail server cannot be reached: ConnectionRefusedError" in str(error)
        with pytest.raises(Unavailable):
            place.clock()
    record = run.dossier.latest("announce", "sent")
    assert record is not None
    assert len(record["differences"]) == 3
    assert any("announce: sent: notice to staff (a@example.com)" in gap for gap in gaps(_stage_run(run)))
    assert len(place.hook.got) == 2  # who can be reached hears it
    behind = run.dag.get_task("announce.send").downstream_task_ids
    assert behind == {"rehearse.record_round"}
    assert run.dag.get_task("rehearse.record_round").trigger_rule == "all_done"
    assert place.clock() == 5
    assert [to for to, _ in place.subjects] == ["a@example.com", "b@example.com", "c@example.com"]
    assert place.send(run) is None
    assert "announce" not in " ".join(gaps(_stage_run(run)))
    assert len(place.hook.got) == 2


@pytest.mark.parametrize("status", [500, 503, 404, 302])
def test_a_hook_that_says_no_is_tried_again(place: Place, status: int) -> None:
    place.hook.status = status
    run = place.execution()
    assert f"the hook refused the notice: {status}" in str(place.send(run))
    place.hook.status = 204
    assert place.send(run) is None
    assert len(place.hook.got) == 4


@pytest.mark.parametrize("status", [0, 502, 504])
def test_a_hook_that_may_have_heard_it_is_in_doubt_and_left_alone(place: Place, status: int) -> None:
    place.hook.status = status
    run = place.execution()
    assert "in doubt" in str(place.send(run))
    place.hook.status = 200
    assert "in doubt" in str(place.send(run))
    assert len(place.hook.got) == 2


def test_no_secret_of_a_hook_is_written_or_said(
    place: Place, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = place.execution()
    shut = json.dumps({**place.hook.connection, "host": f"http://127.0.0.1:9/services/{SECRET}"})
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", shut)
    error = place.send(run)
    assert "the hook cannot be reached" in str(error)
    assert SECRET not in str(error)
    written = b"".join(path.read_bytes() for path in (place.folder / "dossiers").rglob("*") if path.is_file())
    assert SECRET.encode() not in written
    assert SECRET not in str(run.xcom)
    assert SECRET not in "".join(capfd.readouterr())


BROKEN = {
    "no sender": ({"extra": {"disable_ssl": True, "disable_tls": True}}, "the mail connection has no sender"),
    "no such host": ({"host": "nowhere.invalid"}, "the mail server cannot be reached"),
}


@pytest.mark.parametrize(("changes", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_a_connection_that_is_wrong_is_named(
    place: Place, changes: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps({**place.mail.connection, **changes}))
    assert says in str(place.send(place.execution()))


def test_a_connection_that_is_not_there_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_MAIL")
    assert "Airflow knows no connection of this id" in str(place.send(place.execution()))


def test_nobody_is_told_by_a_run_that_nobody_let_in(place: Place) -> None:
    run = Retirement(place.spec, "execute", run_id="alone")
    run.run("decide.record")
    with pytest.raises(Refusal, match="decide: no record of 'approval'"):
        run.run("announce.send")
    assert place.mail.mails == []
