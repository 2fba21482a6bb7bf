"""Comparing facts names every difference, and only differences."""

from __future__ import annotations

import pytest

from sunset.errors import Refusal
from sunset.validation.compare import Difference, compare
from sunset.validation.facts import Facts, ObjectFact, SequenceFact, TableFact

pytestmark = pytest.mark.unit

EMPTY = "0" * 32
ORDERS = TableFact("public.orders", 3, "a" * 32)
EMPTY_TABLE = TableFact('"Odd Schema"."%s"', 0, EMPTY)
NEXT_SIX = SequenceFact("public.orders_id_seq", 5, True, 6)
INDEX = ObjectFact("index", "public.orders_pkey", "CREATE UNIQUE INDEX orders_pkey ON public.orders (id)")


def test_equal_facts_have_no_difference_whatever_their_order():
    source = Facts((ORDERS, EMPTY_TABLE), (NEXT_SIX,), (INDEX,))
    target = Facts((EMPTY_TABLE, ORDERS), (NEXT_SIX,), (INDEX,))
    assert compare(source, target) == ()


def test_an_empty_table_that_is_missing_is_named():
    (difference,) = compare(Facts((ORDERS, EMPTY_TABLE)), Facts((ORDERS,)))
    assert difference == Difference("table", '"Odd Schema"."%s"', "missing on the target.", "0 rows", "")


def test_an_unexpected_table_is_named():
    (difference,) = compare(Facts(), Facts((ORDERS,)))
    assert (difference.kind, difference.subject) == ("table", "public.orders")
    assert "unexpected" in difference.detail


def test_rows_and_checksum_are_told_apart():
    fewer = TableFact("public.orders", 2, "b" * 32)
    changed = TableFact("public.orders", 3, "c" * 32)
    assert [difference.kind for difference in compare(Facts((ORDERS,)), Facts((fewer,)))] == ["checksum", "rows"]
    assert [difference.kind for difference in compare(Facts((ORDERS,)), Facts((changed,)))] == ["checksum"]


def test_equal_checksums_do_not_hide_a_row_count():
    counted_wrong = TableFact("public.orders", 4, ORDERS.checksum)
    (difference,) = compare(Facts((ORDERS,)), Facts((counted_wrong,)))
    assert (difference.kind, difference.source, difference.target) == ("rows", "3", "4")


def test_sequences_are_compared_by_what_they_give_next():
    unused = SequenceFact(NEXT_SIX.sequence, 6, False, 6)
    set_back = SequenceFact(NEXT_SIX.sequence, 1, False, 1)
    assert compare(Facts(sequences=(NEXT_SIX,)), Facts(sequences=(unused,))) == ()
    (difference,) = compare(Facts(sequences=(NEXT_SIX,)), Facts(sequences=(set_back,)))
    assert (difference.kind, difference.source, difference.target) == ("sequence", "6", "1")


def test_a_long_definition_is_shown_where_it_differs():
    body = "CREATE FUNCTION f() RETURNS int\n" + "-- a line\n" * 500
    source = ObjectFact("function", "public.f()", body + "SELECT 1")
    target = ObjectFact("function", "public.f()", body + "SELECT 2")
    (difference,) = compare(Facts(objects=(source,)), Facts(objects=(target,)))
    assert difference.kind == "function"
    assert "line 502, character 8" in difference.detail
    assert difference.source.endswith("SELECT 1")
    assert difference.target.endswith("SELECT 2")
    assert len(difference.source) <= 80


def test_a_definition_that_only_goes_on_longer_differs():
    longer = ObjectFact("index", INDEX.identity, INDEX.definition + " WHERE (id > 0)")
    (difference,) = compare(Facts(objects=(INDEX,)), Facts(objects=(longer,)))
    assert difference.target.endswith("WHERE (id > 0)")


def test_one_identity_of_two_kinds_is_two_objects():
    constraint = ObjectFact("constraint", INDEX.identity, "PRIMARY KEY (id)")
    differences = compare(Facts(objects=(INDEX, constraint)), Facts(objects=(INDEX,)))
    assert [difference.kind for difference in differences] == ["constraint"]


@pytest.mark.parametrize(
    ("facts", "subject"),
    [
        (Facts(tables=(ORDERS, ORDERS)), "public.orders"),
        (Facts(sequences=(NEXT_SIX, NEXT_SIX)), "public.orders_id_seq"),
        (Facts(objects=(INDEX, INDEX)), "public.orders_pkey"),
    ],
)
def test_a_fact_that_is_there_twice_is_refused(facts: Facts, subject: str):
    with pytest.raises(Refusal, match="twice") as refusal:
        compare(Facts(), facts)
    assert refusal.value.where == subject


def test_differences_are_sorted():
    source = Facts((EMPTY_TABLE, ORDERS), (NEXT_SIX,), (INDEX,))
    differences = compare(source, Facts())
    assert list(differences) == sorted(differences)
    assert len(differences) == 4
