"""Personal data and credentials are found, look-alikes are not, and no value goes anywhere."""

from __future__ import annotations

import json
import random

import pytest
from labelled import Labelled, labelled
from made_values import email

from sunset.catalogue.sensitivity.chance import by_chance
from sunset.catalogue.sensitivity.columns import judge
from sunset.catalogue.sensitivity.detector import Detector
from sunset.catalogue.sensitivity.model import ColumnSample, Reason, Sensitivity, together
from sunset.catalogue.sensitivity.names import Name, hints

pytestmark = pytest.mark.unit

SEEDS = range(100, 104)


@pytest.fixture(scope="module")
def judged() -> list[tuple[Labelled, tuple[Reason, ...]]]:
    return [(each, judge([each.column], each.table)) for seed in SEEDS for each in labelled(seed)]


def test_recall_and_precision_over_the_labelled_set(judged: list[tuple[Labelled, tuple[Reason, ...]]]) -> None:
    sensitive = [(each, found) for each, found in judged if each.expected != "none"]
    missed = [each.label for each, found in sensitive if each.expected not in {reason.klass for reason in found}]
    wrong = [each.label for each, found in judged if each.expected == "none" and found]
    hits = len(sensitive) - len(missed)
    assert len({each.label for each, _ in sensitive}) >= 40
    assert hits / len(sensitive) >= 0.95, missed
    assert hits / (hits + len(wrong)) >= 0.9, wrong


def test_reasons_hold_no_value(judged: list[tuple[Labelled, tuple[Reason, ...]]]) -> None:
    for each, found in judged:
        told = json.dumps([reason.to_json() for reason in found], ensure_ascii=False) + repr(found) + repr(each.column)
        assert not any(value in told for value in each.column.values if value and len(value) > 4)


def test_a_single_find_among_many_rows_counts() -> None:
    values = ["the shelf is full again"] * 499 + ["please write to maria.jansen@example.com"]
    (reason,) = judge([ColumnSample("c", "text", values)], "t")
    assert (reason.kind, reason.by, reason.hits, reason.looked_at, reason.share) == (
        "e-mail address", "content", 1, 500, 0.002,
    )  # fmt: skip


def test_documents_are_looked_into_and_keys_that_are_data_are_not_told() -> None:
    r = random.Random(7)
    values = [
        json.dumps({"contact": [{"mail": email(r)}], "by": {email(r): 1}, "n": {"x1234567": 2}}) for _ in range(20)
    ]
    found = judge([ColumnSample("payload", "document", values)], "t")
    assert {reason.where for reason in found} == {"payload.contact.mail", "payload.by.*"}


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000, '{"a": 1', "[1, 2", "\ud800"])
def test_broken_and_endless_documents_are_texts(deep: str) -> None:
    assert judge([ColumnSample("payload", "document", [deep, None, ""])], "t") == ()


def test_most_sensitive_part_decides_for_the_whole() -> None:
    personal = Sensitivity((Reason("a", "e-mail address", "personal", "content", 1, 50),), 50)
    secret = Sensitivity((Reason("b", "password", "secret", "name"),), 3)
    assert together([Sensitivity((), 10), personal, secret]).classes == ("secret", "personal")
    assert together([Sensitivity((), 10), personal]).looked_at == 60


def test_what_was_not_seen_is_not_called_harmless() -> None:
    assert Sensitivity().classes == ("none",)
    assert Sensitivity(unseen="no permission").classes == ("unknown",)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("customerEMail_2", ("customer", "e", "mail", "2")),
        ("Straße", ("strasse",)),
        ("prénom", ("prenom",)),
        ("이메일", ("이메일",)),
        ("手机号", ("手机号",)),
        ("IPAddress", ("ip", "address")),
        ("", ()),
    ],
)
def test_names_fall_into_pieces(name: str, pieces: tuple[str, ...]) -> None:
    assert Name.of(name).tokens == pieces


def test_columns_of_three_values_are_no_addresses() -> None:
    assert judge([ColumnSample("email", "text", ["yes", "no"] * 20)], "t") == ()
    assert hints("email", "t", "boolean") == ()


def test_check_digits_that_chance_explains_are_not_believed() -> None:
    assert by_chance(10, 100, 0.1) > 0.4
    assert by_chance(40, 100, 0.1) < 1e-6
    assert by_chance(0, 100, 0.1) == 1.0
    assert by_chance(3, 3, 0.1) == pytest.approx(0.001)


def test_detectors_of_one_kind_agree_on_its_class() -> None:
    from sunset.catalogue.sensitivity import money, national, people, reach, secrets

    found: list[Detector] = [d for module in (money, national, people, reach, secrets) for d in module.detectors()]
    assert len({(each.kind, each.klass) for each in found}) == len({each.kind for each in found})
    assert len({each.kind for each in found}) >= 30
