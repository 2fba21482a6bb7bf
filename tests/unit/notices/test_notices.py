"""Notices: when they are due, in which words, and that the ledger lets nobody be told twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.legacy import shop_spec
from sunset.dossier.store import open_store
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.notices.delivery import InDoubt, Message, Sender
from sunset.notices.due import planned, send_announced, send_due
from sunset.notices.facts import Facts
from sunset.notices.headers import headers
from sunset.notices.ledger import Key, Ledger
from sunset.notices.rendering import Templates, one_line
from sunset.notices.schedule import dates, due
from sunset.spec import Spec, load_file

pytestmark = pytest.mark.unit

TIMES = "{freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}"
NEW_TIMES = (
    "{announce: 2026-12-20, freeze: 2027-02-26T18:00:00+00:00, cutover: 2027-02-27T06:00:00+00:00, "
    "support_ends: 2027-03-31, retain_until: 2034-03-31}"
)
NOTICES = """notices:
  support: {until: 2027-03-31, contact: help@example.com, plan: Read-only access on request.}
  audiences:
    - {name: staff, channel: email, conn_id: mail, to: [a@example.com, b@example.com], days_before_cutover: [60, 30, 1]}
    - {name: partners, channel: webhook, conn_id: hook, language: zh, days_before_cutover: [14]}
"""


def spec_of(folder: Path, **replacements: str) -> Spec:
    return shop_spec(folder, **{TIMES: f"{NEW_TIMES}\n{NOTICES}", **replacements})


@dataclass
class Post:
    """Takes messages, or raises."""

    error: Callable[[Message], Exception | None] = lambda message: None
    taken: list[Message] = field(default_factory=list)

    def __call__(self, message: Message) -> None:
        if error := self.error(message):
            raise error
        self.taken.append(message)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(message.to, str(message.day)) for message in self.taken]


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return spec_of(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(open_store(str(tmp_path / "dossiers" / "shop")))


def sender(ledger: Ledger, post: Any) -> Sender:
    return Sender(ledger, post, Templates(), "a run")


def test_the_days_are_the_announcement_and_those_before_the_cutover(spec: Spec) -> None:
    staff, partners = spec.notices.audiences
    # 60 days before the cutover lies behind the announcement, 2026-12-29; nothing lies before it.
    assert [str(day) for day in dates(spec, staff)] == ["2026-12-20", "2026-12-29", "2027-01-28", "2027-02-26"]
    assert [str(day) for day in dates(spec, partners)] == ["2026-12-20", "2027-02-13"]


DUE = [
    ("2026-12-19", None), ("2026-12-20", "2026-12-20"), ("2026-12-28", "2026-12-20"), ("2027-01-27", "2026-12-29"),
    ("2027-02-27", "2027-02-26"), ("2027-03-31", "2027-02-26"), ("2027-04-01", None),
]  # fmt: skip


@pytest.mark.parametrize(("today", "day"), DUE)
def test_the_latest_day_is_due_until_support_ends(spec: Spec, today: str, day: str | None) -> None:
    found = due(spec, spec.notices.audiences[0], date.fromisoformat(today))
    assert (str(found) if found else None) == day


def test_everybody_is_told_once_whoever_asks_how_often(spec: Spec, ledger: Ledger) -> None:
    post, today = Post(), date(2026, 12, 21)
    for _ in range(3):
        told = send_due(spec, today, sender(ledger, post))
    assert [each.entry.status for each in told] == ["sent"] * 3
    assert post.told == [("a@example.com", "2026-12-20"), ("b@example.com", "2026-12-20"), ("hook", "2026-12-20")]
    send_due(spec, date(2027, 1, 2), sender(ledger, post))
    assert post.told[3:] == [("a@example.com", "2026-12-29"), ("b@example.com", "2026-12-29")]


def test_a_new_address_is_told_and_the_others_are_not_again(spec: Spec, ledger: Ledger, tmp_path: Path) -> None:
    post, today = Post(), date(2026, 12, 21)
    send_due(spec, today, sender(ledger, post))
    more = spec_of(tmp_path, **{"b@example.com]": "b@example.com, c@example.com]"})
    send_due(more, today, sender(ledger, post))
    assert post.told[3:] == [("c@example.com", "2026-12-20")]


def test_changed_dates_are_told_once_as_a_correction(spec: Spec, ledger: Ledger, tmp_path: Path) -> None:
    post, today = Post(), date(2026, 12, 21)
    send_due(spec, today, sender(ledger, post))
    later = spec_of(tmp_path, **{"cutover: 2027-02-27T06": "cutover: 2027-02-28T06"})
    for _ in range(2):
        send_due(later, today, sender(ledger, post))
    assert len(post.taken) == 6
    assert not any(message.words.subject.startswith("Corrected") for message in post.taken[:3])
    assert post.taken[3].words.subject == "Corrected: Legacy shop will be retired on 28 February 2027"
    assert post.taken[5].words.subject.startswith("更正：")


def test_a_mended_template_tells_nobody_again(spec: Spec, ledger: Ledger, tmp_path: Path) -> None:
    post, today = Post(), date(2026, 12, 21)
    send_due(spec, today, sender(ledger, post))
    (tmp_path / "own" / "en").mkdir(parents=True)
    (tmp_path / "own" / "en" / "subject.txt.j2").write_text("Good bye, {{ title }}")
    send_due(spec, today, Sender(ledger, post, Templates(tmp_path / "own"), "another run"))
    assert len(post.taken) == 3


def error(kind: type[SunsetError]) -> Exception:
    return kind("the mail server is away.", where="connection 'mail'", remedy="")


@pytest.mark.parametrize("kind", [Unavailable, Refusal])
def test_what_was_certainly_not_taken_is_sent_again_and_stops_nobody_else(
    spec: Spec, ledger: Ledger, kind: type[SunsetError]
) -> None:
    post, today = Post(lambda message: error(kind) if message.to == "a@example.com" else None), date(2026, 12, 21)
    for attempt in (1, 2):
        told = send_due(spec, today, sender(ledger, post))
        assert [each.entry.status for each in told] == ["failed", "sent", "sent"]
        assert told[0].entry.attempts == attempt
        assert "notice to staff (a@example.com) of 2026-12-20: failed: the mail server is away." in str(told[0].fault)
    assert len(post.taken) == 2
    post.error = lambda message: None
    assert not any(each.fault for each in send_due(spec, today, sender(ledger, post)))
    assert post.told[2:] == [("a@example.com", "2026-12-20")]


def test_what_may_have_been_taken_is_in_doubt_and_never_sent_again(spec: Spec, ledger: Ledger) -> None:
    post, today = Post(lambda message: error(InDoubt) if message.to == "hook" else None), date(2026, 12, 21)
    send_due(spec, today, sender(ledger, post))
    post.error = lambda message: None
    told = send_due(spec, today, sender(ledger, post))
    assert told[2].entry.status == "in doubt"
    assert told[2].fault
    assert len(post.taken) == 2


def test_a_worker_that_dies_between_sending_and_recording_tells_nobody_twice(
    spec: Spec, ledger: Ledger, tmp_path: Path
) -> None:
    """At most once: the mail went out, nobody wrote it down; the next run shows the doubt and sends nothing."""

    def taken_then_killed(message: Message) -> None:
        with (tmp_path / "taken").open("a") as file:
            file.write(f"{message.to}\n")
        os._exit(9)

    today = date(2026, 12, 21)
    child = os.fork()
    if not child:
        send_due(spec, today, sender(ledger, taken_then_killed))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    post = Post()
    told = send_due(spec, today, sender(ledger, post))
    assert (tmp_path / "taken").read_text() == "a@example.com\n"
    assert [each.entry.status for each in told] == ["in doubt", "sent", "sent"]
    assert "claimed by a run, and its outcome was never recorded" in str(told[0].fault)
    assert ("a@example.com", "2026-12-20") not in post.told


def test_of_two_tasks_at_once_one_sends(spec: Spec, ledger: Ledger) -> None:
    key = Key("shop", "staff", date(2026, 12, 20), "f" * 64, "a@example.com")
    other: list[int | None] = []

    class Racing(Ledger):
        __slots__ = ()

        def look(self, key: Key) -> Any:
            entry = super().look(key)
            if not other:
                other.append(None)
                other.append(ledger.claim(key, "other run", {}))
            return entry

    assert Racing(ledger.store).claim(key, "a run", {}) is None
    assert other == [None, 1]


def test_the_clock_sends_only_what_is_announced_and_was_shown(spec: Spec, ledger: Ledger, tmp_path: Path) -> None:
    post, today = Post(), date(2026, 12, 21)
    assert send_announced(spec, today, sender(ledger, post)) == ()
    for _, _, facts, _ in planned(spec, Templates(), ledger):
        ledger.preview(facts.digest)
    assert send_announced(spec, date(2026, 12, 19), sender(ledger, post)) == ()
    assert len(send_announced(spec, today, sender(ledger, post))) == 3
    changed = spec_of(tmp_path, **{"Replaced by the new shop.": "Another reason."})
    assert send_announced(changed, today, sender(ledger, post)) == ()
    unannounced = spec_of(tmp_path, **{"announce: 2026-12-20, ": ""})
    assert send_announced(unannounced, today, sender(ledger, post)) == ()
    assert len(post.taken) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notice_says_why_when_what_becomes_of_the_data_support_and_contact(
    tmp_path: Path, ledger: Ledger, language: str
) -> None:
    spec = spec_of(
        tmp_path,
        **{
            "decision: {reason: Replaced by the new shop.}": "decision: {reason: Replaced by the new shop., "
            "replaced_by: New shop, scope: {included: [orders], excluded: [clicks]}}",
            "  support:": f"  language: {language}\n  support:",
        },
    )
    _, _, _, words = next(planned(spec, Templates(), ledger))
    said = {
        "en": ("27 February 2027, 06:00 UTC", "26 February 2027, 18:00 UTC", "31 March 2034", "31 March 2027"),
        "zh": ("2027年2月27日 06:00（UTC）", "2027年2月26日 18:00（UTC）", "2034年3月31日", "2027年3月31日"),
    }[language]
    for form in (words.text, words.html):
        for fact in (*said, "Replaced by the new shop.", "New shop", "orders", "clicks", "Read-only access on request.",
                     "help@example.com"):  # fmt: skip
            assert fact in form, fact
    assert f'lang="{language}"' in words.html
    assert "Legacy shop" in words.subject


EVIL = "<script>alert(1)</script>{{ 7 * 7 }}{% raw %}"


def test_what_a_spec_says_is_text_in_every_form(tmp_path: Path, ledger: Ledger) -> None:
    spec = spec_of(tmp_path, **{"title: Legacy shop": f"title: '{EVIL}'", "Replaced by the new shop.": f"'{EVIL}'"})
    _, _, _, words = next(planned(spec, Templates(), ledger))
    assert "<script>" not in words.html
    assert "{{ 7 * 7 }}" in words.text
    assert "{{ 7 * 7 }}" in words.subject


@pytest.mark.parametrize(
    "break_", ["\r\nBcc: victim@example.com", "\nBcc: x", "\u2028Bcc: x", "\x0bBcc: x", "\x00\x1b"]
)
def test_no_header_can_be_put_into_a_subject(break_: str) -> None:
    assert one_line(f"Legacy{break_}").isprintable()


def test_facts_with_line_breaks_make_one_subject(spec: Spec) -> None:
    audience = spec.notices.audiences[0]
    hostile = spec.model_copy(update={"title": "Shop\r\nBcc: victim@example.com\r\n\r\n<b>"})
    words = Templates().words(Facts.of(hostile, audience), date(2027, 1, 1), correction=False)
    assert "\n" not in words.subject
    assert "\r" not in words.subject


HOSTILE = {
    "reaches for Python": "{{ title.__class__.__mro__ }}",
    "reaches for globals": "{{ self.__init__.__globals__ }}",
    "runs for ever": "{% for i in range(10 ** 9) %}{% endfor %}",
    "is no template": "{% if %}",
    "names what is not there": "{{ nothing }}",
    "divides by zero": "{{ 1 / 0 }}",
    "leaves its folder": "{% include '../../../etc/hostname' %}",
    "changes a value": "{{ included.append('x') }}",
}


@pytest.mark.parametrize("template", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_team_s_template_is_refused_when_it_does_what_it_may_not(spec: Spec, tmp_path: Path, template: str) -> None:
    (tmp_path / "own" / "en").mkdir(parents=True)
    (tmp_path / "own" / "en" / "notice.txt.j2").write_text(template)
    facts = Facts.of(spec, spec.notices.audiences[0])
    with pytest.raises(Refusal, match=r"own: en/notice\.txt\.j2: the template"):
        Templates(tmp_path / "own").words(facts, date(2027, 1, 1), correction=False)


def test_a_team_s_template_takes_the_place_of_ours_and_the_others_stay(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "own" / "zh").mkdir(parents=True)
    (tmp_path / "own" / "zh" / "notice.txt.j2").write_text("再见，{{ title }}，{{ cutover | on }}")
    facts = Facts.of(spec, spec.notices.audiences[1])
    words = Templates(tmp_path / "own").words(facts, date(2027, 1, 1), correction=False)
    assert words.text == "再见，Legacy shop，2027年2月27日\n"
    assert "停用原因" in words.html


def test_headers_for_the_product_s_own_api(spec: Spec, tmp_path: Path) -> None:
    assert headers(spec) == {"Sunset": "Sat, 27 Feb 2027 06:00:00 GMT", "Deprecation": "@1797724800"}
    assert headers(spec_of(tmp_path, **{"announce: 2026-12-20, ": ""})).keys() == {"Sunset"}


BAD = [
    ("conn_id: hook", 'conn_id: "{{ params.hook }}"', "must be a connection's own id"),
    (
        "channel: webhook, conn_id: hook",
        "channel: slack, conn_id: hook, to: [a@example.com]",
        "for channel email alone",
    ),
    ("to: [a@example.com, b@example.com], ", "", "at least one address"),
]


@pytest.mark.parametrize(("old", "new", "says"), BAD)
def test_audiences_that_make_no_sense(tmp_path: Path, old: str, new: str, says: str) -> None:
    spec_of(tmp_path)
    path = tmp_path / "shop.yaml"
    path.write_text(path.read_text().replace(old, new))
    assert says in str(load_file(path).problems)
