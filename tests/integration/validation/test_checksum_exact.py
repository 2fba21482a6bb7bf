"""A table's checksum: one value for one content, whatever session, server and order; another for any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from validation_pair import facts_of, run_sql

from services.databases import Databases
from services.old_postgres import DEBIAN_15, old_server
from services.samples import run_psql
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.validation.facts import TableFact

pytestmark = pytest.mark.integration

TYPES = """
CREATE SCHEMA x; CREATE EXTENSION hstore SCHEMA x; CREATE EXTENSION citext SCHEMA x;
CREATE TYPE x.mood AS ENUM ('sad', 'Happy', 'a b');
CREATE DOMAIN x.cents AS numeric(12, 2) CHECK (VALUE > -10);
CREATE TYPE x.pair AS (n int, t text);
CREATE TYPE x.span AS RANGE (subtype = x.cents);
CREATE TABLE x.other (id int PRIMARY KEY);
CREATE FUNCTION x.other() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE x.t (
  id int PRIMARY KEY, f4 real, f8 float8, n numeric, m money, d date, ts timestamp, tz timestamptz, tt timetz,
  i interval, b bytea, e x.mood, c x.cents, p x.pair, pa x.pair[], r x.span, mr int4multirange, h x.hstore, ci x.citext,
  rc regclass, rp regprocedure,
  rt regtype, rr regrole, tv tsvector, tq tsquery, j json, jb jsonb, u uuid, pt point, bx bit(3),
  ip inet, ta text[], na int[], nm name, l pg_lsn, ol oid);
INSERT INTO x.t VALUES (
  1, 0.1, 0.1::float8 + 0.2::float8, 'NaN', '$1,234.56', '0044-03-15 BC', 'infinity', '2024-03-31 01:30:00.000001+02',
  '12:00:00.5+14', '1 year -2 mons 3 days -04:05:06.7', '\\x00ff0a', 'Happy', 1.50, (1, 'a,"b'),
  ARRAY[(2, NULL)::x.pair],
  '[1.5,2)', '{[1,3),[5,)}', 'k=>NULL, longer=>"x\\"y"', 'MiXed', 'x.other', 'x.other()', 'x.cents', 'postgres',
  'b:2A a:1', 'a & !b', '{"b":1,  "a":1e400}', '{"b": 1.50}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '(0.1,1e-300)',
  '101', '::1/64', '{NULL,"NULL","",a b}', '[2:3]={1,NULL}', 'nm', '16/B374D848', 7);
INSERT INTO x.t (id, f8, n, i, ta, b) VALUES
  (2, '-0', 1e-40, '-1 days', '{}', ''), (3, 5e-324, -0.00, '00:00', NULL, NULL);
"""
WEIRD = {
    "DateStyle": "German, DMY",
    "IntervalStyle": "sql_standard",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "TimeZone": "Pacific/Apia",
    "lc_monetary": "C.UTF-8",
    "xmlbinary": "hex",
    "xmloption": "document",
    "search_path": "x",
    "quote_all_identifiers": "on",
    "array_nulls": "off",
    "standard_conforming_strings": "off",
    "transform_null_equals": "on",
    "default_transaction_isolation": "serializable",
}


def fact(endpoint: Endpoint, table: str = "x.t") -> TableFact:
    return next(each for each in facts_of(endpoint).tables if each.table == table)


@pytest.fixture(scope="module")
def shared(pg_server: Any) -> Iterator[Endpoint]:
    databases = Databases(pg_server.endpoint)
    yield databases.make("shared")
    databases.drop_all()


@pytest.fixture
def plain(shared: Endpoint) -> Endpoint:
    """A database without tables."""
    run_sql(shared, "DROP TABLE IF EXISTS public.a, public.b, public.c")
    return shared


@pytest.fixture(scope="module")
def typed(pg_server: Any) -> Iterator[Endpoint]:
    databases = Databases(pg_server.endpoint)
    made = databases.make("typed")
    run_sql(made, TYPES)
    yield made
    databases.drop_all()


def set_weirdly(endpoint: Endpoint, subject: str) -> None:
    """Make the role `weird` anew, and give a role or a database settings that no session should inherit."""
    run_sql(endpoint, "DROP ROLE IF EXISTS weird")
    run_sql(endpoint, f"CREATE ROLE weird SUPERUSER LOGIN PASSWORD '{endpoint.password}'")
    for name, value in WEIRD.items():
        run_sql(endpoint, f"ALTER {subject} SET {name} = {value if name == 'search_path' else repr(value)}")


@pytest.mark.parametrize("whose", ["ROLE weird", 'DATABASE "{}"'])
def test_settings_of_role_and_database_change_nothing(typed: Endpoint, whose: str) -> None:
    expected = facts_of(typed)
    set_weirdly(typed, subject := whose.format(typed.database))
    try:
        assert facts_of(replace(typed, user="weird")) == expected
    finally:
        run_sql(typed, f"ALTER {subject} RESET ALL")


def test_rows_arrive_the_same_whatever_the_role_has_set(
    typed: Endpoint, make_database: Callable[..., Endpoint]
) -> None:
    other = make_database("other")
    run_sql(other, TYPES.partition("INSERT")[0])
    set_weirdly(other, "ROLE weird")
    with (
        connect(typed, "tests") as source,
        connect(replace(other, user="weird"), "tests") as target,
        source.cursor().copy("COPY x.t TO STDOUT") as rows,
        target.cursor().copy("COPY x.t FROM STDIN") as sink,
    ):
        for block in rows:
            sink.write(block)
    assert fact(other) == fact(typed)


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs PostgreSQL 15 of the distribution")
def test_servers_of_two_versions_agree(typed: Endpoint) -> None:
    with old_server() as old:
        run_psql(old, TYPES)
        assert fact(old) == fact(typed)


def test_the_order_of_rows_does_not_count_and_doubles_do(plain: Endpoint) -> None:
    run_sql(
        plain,
        """
        CREATE TABLE public.a (n int, s text); CREATE TABLE public.b (gone int, n int, s text);
        CREATE TABLE public.c (n int, s text);
        ALTER TABLE public.b DROP gone;
        INSERT INTO public.a SELECT g % 10, 'x' || g % 10 FROM generate_series(1, 1000) g;
        INSERT INTO public.b SELECT * FROM public.a ORDER BY s DESC;
        INSERT INTO public.c SELECT DISTINCT * FROM public.a;
        """,
    )
    a, b, c = (fact(plain, f"public.{name}").checksum for name in "abc")
    assert a == b != c


ROWS_APART = {
    "boundary": ("('ab', 'c')", "('a', 'bc')"),
    "empty": ("(NULL, 'x')", "('', 'x')"),
    "word": ("(NULL, 'x')", "('NULL', 'x')"),
    "moved": ("('x', NULL)", "(NULL, 'x')"),
    "separator": ("('p,q', 'r')", "('p', 'q,r')"),
    "quote": ("('\"', '')", "('', '\"')"),
    "backslash": (r"('\', 'n')", r"('\n', '')"),
    "blank": ("('a ', 'b')", "('a', ' b')"),
    "composed": ("(U&'\\00e9', '')", "(U&'e\\0301', '')"),
    "swapped rows": ("('a', 'b'), ('c', 'd')", "('a', 'd'), ('c', 'b')"),
    "two pairs": ("('a', 'a'), ('a', 'a')", "('b', 'b'), ('b', 'b')"),
}


@pytest.mark.parametrize("what", ROWS_APART)
def test_rows_that_look_alike_are_told_apart(plain: Endpoint, what: str) -> None:
    one, other = ROWS_APART[what]
    run_sql(
        plain,
        f"CREATE TABLE public.a (s text, t text); CREATE TABLE public.b (s text, t text);"
        f"INSERT INTO public.a VALUES {one}; INSERT INTO public.b VALUES {other}",
    )
    assert fact(plain, "public.a").checksum != fact(plain, "public.b").checksum


NUMBERS_APART = {
    "float8": ("0.1::float8 + 0.2::float8", "0.3::float8"),
    "real": ("16777216::real", "16777218::real"),
    "numeric": ("12345678901234567", "12345678901234568"),
    "numeric scale": ("1.50::numeric", "1.5::numeric"),
    "minus zero": ("'-0'::float8", "'0'::float8"),
    "smallest": ("5e-324::float8", "0::float8"),
    "microsecond": ("'2024-01-01 00:00:00.000001'::timestamp", "'2024-01-01'::timestamp"),
    "interval": ("'1 day'::interval", "'24:00'::interval"),
    "offset": ("'12:00+01'::timetz", "'11:00+00'::timetz"),
    "json": ("'{\"a\":1}'::json", "'{\"a\": 1}'::json"),
}


@pytest.mark.parametrize("what", NUMBERS_APART)
def test_values_that_are_nearly_equal_are_told_apart(plain: Endpoint, what: str) -> None:
    one, other = NUMBERS_APART[what]
    run_sql(plain, f"CREATE TABLE public.a AS SELECT {one} AS v; CREATE TABLE public.b AS SELECT {other} AS v")
    assert fact(plain, "public.a").checksum != fact(plain, "public.b").checksum


def test_it_has_128_bits_and_each_half_its_own(typed: Endpoint) -> None:
    checksum = fact(typed).checksum
    assert len(checksum) == 32
    assert int(checksum, 16) >= 0
    assert checksum[:16] != checksum[16:]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("'a'", "'b|1'", "NULL", "1"), ("'a|'", "'b'", "NULL", "11")),
        (("'1:a'", "''", "NULL", "1"), ("'1'", "':a'", "NULL", "1")),
        (("''", "NULL", "NULL", "1"), ("NULL", "''", "NULL", "1")),
        (("'a'", "'3:bcd'", "NULL", "1"), ("'a3:bcd'", "''", "NULL", "1")),
        (("'x'", "'y'", "NULL", "1"), ("'x'", "'y'", "'{NULL}'", "1")),
        (("'x'", "'y'", "NULL", "NULL"), ("'x'", "'y'", "NULL", "0")),
        (("'x'", "'y '", "NULL", "1"), ("'x '", "'y'", "NULL", "1")),
    ],
)
def test_values_that_run_into_each_other_are_told_apart(
    make_database: Callable[..., Endpoint], one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    facts = []
    for values in (one, other):
        database = make_database()
        run_sql(database, "CREATE TABLE public.t (a text, b varchar, c text[], n int)")
        run_sql(database, f"INSERT INTO public.t VALUES ({', '.join(values)})")
        facts.append(facts_of(database))
    assert facts[0] != facts[1]


def test_a_table_of_a_thousand_columns_has_a_checksum(make_database: Callable[..., Endpoint]) -> None:
    database = make_database()
    columns = ", ".join(f"c{number} {'int' if number % 2 else 'text'}" for number in range(1000))
    run_sql(database, f"CREATE TABLE public.t ({columns}); INSERT INTO public.t (c1, c998) VALUES (1, 'x')")
    before = facts_of(database)
    run_sql(database, "UPDATE public.t SET c998 = 'y'")
    assert facts_of(database) != before
