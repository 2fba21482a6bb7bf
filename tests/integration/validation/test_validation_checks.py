"""The spec's own checks are compared to the last byte, and can change nothing."""

from __future__ import annotations

import pytest
from validation_pair import Pair

from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.errors import Unavailable
from sunset.validation.answers import ask
from sunset.validation.readings import Answer, Check, Readings
from sunset.validation.take import take_readings

pytestmark = pytest.mark.integration


@pytest.fixture
def database(make_database) -> Endpoint:
    return make_database("checks")


def answer(endpoint: Endpoint, sql: str) -> Answer:
    with read_only(endpoint, "tests") as connection:
        (found,) = ask(connection, [Check("check", "crm", sql)])
    return found


def test_a_single_number_is_told_and_no_other_value(database: Endpoint):
    assert answer(database, "select 1.50").number == "1.50"
    assert answer(database, "select count(*) from pg_class where false;").number == "0"
    assert answer(database, "select 'person@example.com'").number is None
    assert answer(database, "select 1, 2").number is None
    assert answer(database, "select null::int").number is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select 1.50", "select 1.5"),
        ("select null::text", "select ''"),
        ("select 'a'", "select 'a '"),
        ("select 'a', 'bc'", "select 'ab', 'c'"),
        ("select 1 as a", "select 1 as b"),
        ("select n from (values (1), (2)) v(n) order by n", "select n from (values (1), (2)) v(n) order by n desc"),
        ("select 1 where false", "select null::int"),
        ("select '-0'::float8", "select '0'::float8"),
    ],
)
def test_what_is_not_the_same_has_another_digest(database: Endpoint, one: str, other: str):
    assert answer(database, one).digest != answer(database, other).digest
    assert answer(database, one) == answer(database, one)


def test_a_percent_sign_is_a_percent_sign(database: Endpoint):
    counted = "select count(*) from (values ('a%b'), ('acb'), ('%s')) v(n) where n like "
    assert answer(database, counted + "'a%b'").number == "2"
    assert answer(database, counted + "'a\\%b'").number == "1"
    assert answer(database, counted + "'%s'").number == "1"


def test_a_long_answer_is_refused_and_says_so(database: Endpoint):
    assert answer(database, "select * from generate_series(1, 200)").fault == ""
    assert "more than 200 rows" in answer(database, "select * from generate_series(1, 201)").fault


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; create table public.t ()",
        "select 1; commit; create table public.t ()",
        "with made as (insert into public.kept values (1) returning 1) select * from made",
        "create table public.t ()",
        "select nope",
        "select setval('public.numbers', 7)",
    ],
)
def test_a_check_cannot_change_anything(database: Endpoint, sql: str):
    with connect(database, "tests") as connection:
        connection.execute("create table public.kept (n int); create sequence public.numbers")
    assert answer(database, sql).fault
    with connect(database, "tests") as connection:
        assert connection.execute("select count(*) from public.kept").fetchall() == [(0,)]
        assert connection.execute("select to_regclass('public.t')").fetchall() == [(None,)]
        assert connection.execute("select last_value from public.numbers").fetchall() == [(1,)]


def test_a_fault_quotes_no_value(database: Endpoint):
    found = answer(database, "select n::int from (values ('person@example.com')) v(n)")
    assert found.fault == "InvalidTextRepresentation"


def test_a_fault_leaves_the_next_check_its_answer_in_one_transaction(database: Endpoint):
    checks = [Check("broken", "crm", "select 1 / 0"), Check("fine", "crm", "select 1")]
    with read_only(database, "tests") as connection, connection.transaction():
        broken, fine = ask(connection, checks)
    assert broken.fault == "DivisionByZero"
    assert fine.number == "1"


def test_a_server_that_goes_away_is_no_answer(database: Endpoint):
    with read_only(database, "tests") as connection, connect(database, "tests") as killer:
        killer.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        with pytest.raises(Unavailable):
            ask(connection, [Check("check", "crm", "select 1")])


TOTAL = Check("total", "crm", "select sum(amount) from crm.invoices")


def test_a_different_answer_is_a_failure_that_tells_the_numbers(pair: Pair):
    pair.damage("UPDATE crm.invoices SET amount = amount + 1 WHERE id = 1")
    lines = pair.validate(checks=(TOTAL,)).lines()
    assert "check total: the source answers 2001500.00, the target 2001501.00." in lines


def test_a_check_that_cannot_be_asked_is_a_failure(pair: Pair):
    result = pair.validate(checks=(Check("broken", "crm", "select sum(nope) from crm.invoices"),))
    assert not result.success
    assert result.statistics.checks == 0
    assert 'column "nope" does not exist' in result.lines()[0]


def test_a_check_that_was_not_asked_is_a_failure(pair: Pair):
    result = pair.validate(checks=(TOTAL,), source_readings=Readings())
    assert "check total: was not asked on the source." in result.lines()


def test_two_checks_of_one_name_are_a_failure(pair: Pair):
    assert not pair.validate(checks=(TOTAL, TOTAL)).success


def test_while_the_source_moves_on_its_readings_are_those_of_the_copy(pair: Pair):
    with read_only(pair.source, "tests") as connection:
        readings = take_readings(connection, [TOTAL], [fact.table for fact in pair.before.tables])
    readings = Readings.from_json(readings.to_json())
    with connect(pair.source, "tests") as source:
        source.execute("UPDATE crm.invoices SET amount = amount + 1")

    assert pair.validate(checks=(TOTAL,), source_readings=readings).lines() == ()
    assert not pair.validate(checks=(TOTAL,)).success


def test_the_report_says_that_the_source_moved_on(pair: Pair):
    pair.damage("UPDATE crm.invoices SET amount = amount + 1 WHERE id = 1")
    with connect(pair.source, "tests") as source:
        source.execute("UPDATE crm.invoices SET amount = amount + 2 WHERE id = 2")
    result = pair.validate()
    (rows,) = result.narrowed
    assert {row.key for row in rows.changed} == {"id=1", "id=2"}
    assert "The source was written to since the copy" in (result.folder / "validation.html").read_text(encoding="utf-8")
