"""Narrowing counts exactly, names a bounded number, and copes with keys of every kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from validation_pair import Pair, facts_of, run_sql

from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.narrow import narrow
from sunset.database.postgres.tables import find_table
from sunset.validation.lookup import find_key
from sunset.validation.rows import RowDifferences
from sunset.validation.sample import take_sample

pytestmark = pytest.mark.integration


@pytest.fixture
def narrowed(make_pair: Callable[[str], Pair]) -> Callable[..., RowDifferences]:
    def run(script: str, damage: str, table: str = "public.t", listed: int = 1_000) -> RowDifferences:
        pair = make_pair(script)
        pair.damage(damage)
        with read_only(pair.source, "tests") as source, read_only(pair.target, "tests") as target:
            found = narrow(source, target, find_table(source, table), find_key(source, table), listed)
        (fact,) = (fact for fact in pair.before.tables if fact.table == table)
        assert found.source_checksum == fact.checksum
        return found

    return run


def test_equal_tables_differ_nowhere(narrowed):
    found = narrowed("CREATE TABLE public.t (id int PRIMARY KEY); INSERT INTO public.t VALUES (1)", "SELECT 1")
    assert (found.missing, found.unexpected, found.changed, found.truncated) == ((), (), (), 0)


def test_what_is_not_listed_is_counted(narrowed):
    found = narrowed(
        "CREATE TABLE public.t (id int PRIMARY KEY, n int);"
        "INSERT INTO public.t SELECT n, n FROM generate_series(1, 5000) n",
        "UPDATE public.t SET n = 0 WHERE id <= 3000; DELETE FROM public.t WHERE id > 4900",
        listed=10,
    )
    assert len(found.changed) + len(found.missing) == 10
    assert found.truncated == 3090


def test_an_empty_target_misses_every_row(narrowed):
    found = narrowed(
        "CREATE TABLE public.t (id int PRIMARY KEY); INSERT INTO public.t SELECT generate_series(1, 20)",
        "TRUNCATE public.t",
    )
    assert {row.key for row in found.missing} == {f"id={number}" for number in range(1, 21)}


def test_a_key_that_the_target_does_not_enforce_any_more(narrowed):
    found = narrowed(
        "CREATE TABLE public.t (id int PRIMARY KEY, n int); INSERT INTO public.t VALUES (1, 1), (2, 2)",
        "ALTER TABLE public.t DROP CONSTRAINT t_pkey; INSERT INTO public.t VALUES (2, 2)",
    )
    assert [(row.key, row.source_copies, row.target_copies) for row in found.unexpected] == [("id=2", 1, 2)]


def test_null_and_the_word_and_the_boundary_between_columns_are_told_apart(narrowed):
    found = narrowed(
        """
        CREATE TABLE public.t (id int PRIMARY KEY, a text, b text);
        INSERT INTO public.t VALUES (1, 'ab', 'c'), (2, NULL, 'x'), (3, NULL, 'x'), (4, NULL, 'y'),
            (5, 'a,b', 'c'), (6, 'a', 'b');
        """,
        """
        UPDATE public.t SET (a, b) = ('a', 'bc') WHERE id = 1;
        UPDATE public.t SET a = '' WHERE id = 2;
        UPDATE public.t SET a = 'NULL' WHERE id = 3;
        UPDATE public.t SET (a, b) = ('y', NULL) WHERE id = 4;
        UPDATE public.t SET (a, b) = ('a', 'b,c') WHERE id = 5;
        """,
    )
    assert sorted(row.key for row in found.changed) == [f"id={number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    ("type_", "value", "shown"),
    [
        ("uuid", "6d2f8d57-6c5e-4b8e-9d59-0b2a4ce8a0a1", "k=6d2f8d57-6c5e-4b8e-9d59-0b2a4ce8a0a1"),
        ("date", "2024-02-29", "k=2024-02-29"),
        ("bigint", "9007199254740993", "k=9007199254740993"),
        ("text", "it''s %s", None),
        ("timestamptz", "2024-02-29 12:00:00.000001+02", None),
        ("bytea", "\\x00ff", None),
        ("numeric", "1.50", None),
    ],
)
def test_keys_of_every_type_name_their_row(make_pair, type_: str, value: str, shown: str | None):
    pair = make_pair(
        f"CREATE TABLE public.t (k {type_} PRIMARY KEY, n int); INSERT INTO public.t VALUES ('{value}', 1)"
    )
    pair.damage("UPDATE public.t SET n = 2")
    with read_only(pair.source, "tests") as source, read_only(pair.target, "tests") as target:
        (row,) = narrow(source, target, find_table(source, "public.t"), ("k",)).changed
        assert target.execute(row.find).fetchall()[0][1] == 2
    assert row.key == shown if shown else row.key.startswith("sha256:")


def test_the_key_is_the_primary_one_or_a_unique_one_without_nulls(make_database: Callable[[str], Endpoint]):
    database = make_database("keys")
    run_sql(
        database,
        """
        CREATE TABLE public.a (id int, email text NOT NULL UNIQUE, PRIMARY KEY (id, email));
        CREATE TABLE public.b (id int UNIQUE, x int NOT NULL, y int NOT NULL, UNIQUE (y, x));
        CREATE TABLE public.c (id int UNIQUE, x int NOT NULL);
        CREATE UNIQUE INDEX ON public.c (x) WHERE x > 0;
        CREATE UNIQUE INDEX ON public.c ((x + 1));
        """,
    )
    with read_only(database, "tests") as connection:
        keys = [find_key(connection, f"public.{name}") for name in ("a", "b", "c", "gone")]
    assert keys == [("id", "email"), ("y", "x"), (), ()]


@pytest.mark.parametrize(
    "damage", ["UPDATE public.t SET n = 2 WHERE code = 'Ä1'", "DELETE FROM public.t WHERE code = 'Ä1'"]
)
def test_a_sample_reads_the_same_rows_on_both_sides(make_pair, damage: str):
    pair = make_pair(
        """
        CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
        CREATE TABLE public.t (code ext.citext PRIMARY KEY, n int);
        INSERT INTO public.t SELECT 'Ä' || n, n FROM generate_series(1, 300) n;
        """
    )

    def sample(endpoint: Endpoint, rows: int):
        with read_only(endpoint, "tests") as connection:
            return take_sample(connection, find_table(connection, "public.t"), ("code",), rows)

    assert len(sample(pair.source, 100).rows) == 100
    assert sample(pair.source, 300) == sample(pair.target, 300)
    pair.damage(damage)
    assert sample(pair.source, 300) != sample(pair.target, 300)


def test_a_table_without_columns_is_compared_by_its_number_of_rows(make_pair):
    pair = make_pair(
        "CREATE TABLE public.t (); INSERT INTO public.t DEFAULT VALUES; INSERT INTO public.t DEFAULT VALUES"
    )
    pair.damage("INSERT INTO public.t DEFAULT VALUES")
    with read_only(pair.source, "tests") as source, read_only(pair.target, "tests") as target:
        (row,) = narrow(source, target, find_table(source, "public.t"), ()).unexpected
    assert (row.source_copies, row.target_copies) == (2, 3)
    assert facts_of(pair.target).tables[0].rows == 3
