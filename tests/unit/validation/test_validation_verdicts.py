"""What was not looked at is a failure, and so is every answer that is not the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sunset.validation.facts import Facts, TableFact
from sunset.validation.readings import Answer, Check, Readings, Sample
from sunset.validation.rules import Rule
from sunset.validation.verdicts import judge_checks, judge_coverage, judge_rules, judge_sample

pytestmark = pytest.mark.unit

ORDERS = Facts(tables=(TableFact("public.orders", 3, "a" * 32),))


def lines(failures) -> list[str]:
    return [str(failure) for failure in failures]


def test_no_expected_table_is_a_failure():
    assert "nothing was looked at" in lines(judge_coverage((), Facts(), Facts()))[0]


def test_a_table_without_a_fact_and_a_fact_without_a_table_are_failures():
    found = lines(judge_coverage(("public.empty",), ORDERS, ORDERS))
    assert found == [
        "public.empty: has no fact on the source: it was not measured.",
        "public.orders: was measured on the source, but the catalogue does not expect it.",
        "public.empty: has no fact on the target: it was not measured.",
        "public.orders: was measured on the target, but the catalogue does not expect it.",
    ]


def test_full_coverage_says_nothing():
    assert lines(judge_coverage(("public.orders",), ORDERS, ORDERS)) == []


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ((Answer("sum", 1, "a", "1"),), (Answer("sum", 1, "a", "1"),), []),
        ((), (), ["check sum: was not asked on the source; was not asked on the target."]),
        ((Answer("sum", 1, "a", "1"),), (), ["check sum: was not asked on the target."]),
        (
            (Answer("sum", 1, "a", "1.50"),),
            (Answer("sum", 1, "b", "1.5"),),
            ["check sum: the source answers 1.50, the target 1.5."],
        ),
        (
            (Answer("sum", 2, "a" * 64),),
            (Answer("sum", 2, "b" * 64),),
            [f"check sum: the source answers 2 rows with digest {'a' * 16}, the target 2 rows with digest {'b' * 16}."],
        ),
        (
            (Answer("sum", fault="Broken"),),
            (Answer("sum", fault="Broken"),),
            ["check sum: has no answer on the source: Broken; has no answer on the target: Broken."],
        ),
    ],
)
def test_checks(source, target, said):
    assert lines(judge_checks([Check("sum", "crm", "select 1")], Readings(source), Readings(target))) == said


@pytest.mark.parametrize(
    ("answer", "expect", "said"),
    [
        (Answer("sum", 1, "a", "0.00"), "0", []),
        (Answer("sum", 1, "a", "67037036703703702"), "67037036703703702", []),
        (Answer("sum", 1, "a", "67037036703703702"), "67037036703703701", ["check sum: both sides answer"]),
        (Answer("sum", 1, "a", None), "0", ["check sum: both sides answer no single number, and 0 is expected."]),
    ],
)
def test_an_answer_is_held_to_the_number_that_is_expected(answer: Answer, expect: str, said: list[str]):
    check = Check("sum", "crm", "select 1", expect=Decimal(expect))
    found = lines(judge_checks([check], Readings((answer,)), Readings((answer,))))
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))


def sample(*rows: tuple[str, str]) -> Readings:
    return Readings(samples=(Sample("t", ("id",), rows),))


def test_a_sample_that_is_the_same_passes():
    assert lines(judge_sample(sample(("1", "a")), sample(("1", "a")), 100, {"t": 1})) == []


def test_a_row_that_reads_back_differently_is_a_failure():
    (said,) = lines(judge_sample(sample(("1", "a"), ("2", "b")), sample(("1", "a"), ("2", "c")), 2, {"t": 9}))
    assert said == "t: differs in 1 of the rows that were read back by key."


def test_a_sample_that_looked_at_too_little_is_a_failure():
    (said,) = lines(judge_sample(sample(), sample(), 100, {"t": 9}))
    assert said == "t: 0 rows of the source were sampled instead of 9."


def test_a_table_that_was_not_sampled_on_the_target_is_a_failure():
    assert len(lines(judge_sample(sample(("1", "a")), Readings(), 1, {"t": 9}))) == 1


def test_rules():
    rules = [Rule("t", "rows", 3), Rule("t", "not null a", 2), Rule("t", "check c", None, "DivisionByZero")]
    assert lines(judge_rules(rules, {"t": 3})) == [
        "t: not null a: broken by 2 of its rows.",
        "t: check c: could not be measured (DivisionByZero).",
    ]
    assert lines(judge_rules([Rule("t", "rows", 3)], {"t": 4})) == ["t: has 3 rows, 4 were copied."]
