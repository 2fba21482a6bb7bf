"""Ranges of a key are halved down to the rows that differ, and little else is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from validation_pair import Pair, facts_of, run_sql

from services import memory
from services.databases import Databases
from sunset.database.postgres import halving, narrow, ordered_key
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.ordered_key import find_ordered_key
from sunset.database.postgres.tables import find_table
from sunset.validation.lookup import find_key
from sunset.validation.rows import RowDifferences

pytestmark = pytest.mark.integration

ROWS = 1_000_000
_READ = """
    SELECT seq_tup_read + coalesce(idx_tup_fetch, 0), heap_blks_read + heap_blks_hit
    FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE relid = 'public.t'::regclass
"""


@pytest.fixture
def finely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few parts and few rows, so that small tables are split as often as large ones."""
    monkeypatch.setattr(halving, "FEW", 20)
    monkeypatch.setattr(ordered_key, "FIXED_PARTS", 4)
    monkeypatch.setattr(ordered_key, "VARYING_PARTS", 3)
    monkeypatch.setattr(ordered_key, "SAMPLED_PAGES", 2)


def look(pair: Pair, table: str = "public.t") -> RowDifferences:
    with read_only(pair.source, "tests") as source, read_only(pair.target, "tests") as target:
        return narrow.narrow(source, target, find_table(source, table), find_key(source, table))


def ordered(pair: Pair) -> bool:
    with read_only(pair.source, "tests") as source, read_only(pair.target, "tests") as target:
        table = find_table(source, "public.t")
        return find_ordered_key(source, target, table, find_key(source, table.quoted)) is not None


def keys(rows: tuple[Any, ...]) -> set[str]:
    return {row.key for row in rows}


def numbers(side: Endpoint, rows: tuple[Any, ...]) -> list[int]:
    """The column `n` of the rows that these names find."""
    with read_only(side, "tests") as connection:
        return sorted(connection.execute(f"SELECT n FROM ({row.find}) AS q").fetchall()[0][0] for row in rows)


KEYS = {
    "integer": "g - 1000",
    "bigint": "9007199254740992 + g",
    "numeric": "g * 1e40 + 0.1",
    "double precision": "g * 1e300",
    "uuid": "md5(g::text)::uuid",
    "date": "'0044-03-15 BC'::date + g",
    "timestamp": "'294276-01-01'::timestamp + g * interval '1 s'",
    "timestamptz": "'2024-03-31 00:59+00'::timestamptz + g * interval '1 us'",
    "bytea": "decode(md5(g::text), 'hex')",
    'text COLLATE "C"': "chr(200 + g) || '\\n''%s' || g",
    'varchar(40) COLLATE "POSIX"': "md5(g::text)",
    "char(12)": "'k' || g",
}


@pytest.mark.usefixtures("finely")
@pytest.mark.parametrize("type_", KEYS)
def test_rows_are_found_by_keys_of_every_ordered_type(make_pair: Callable[[str], Pair], type_: str) -> None:
    pair = make_pair(
        f"CREATE TABLE public.t (n int, k {type_} PRIMARY KEY);"
        f"INSERT INTO public.t SELECT g, {KEYS[type_]} FROM generate_series(1, 2000) g"
    )
    assert ordered(pair)
    assert look(pair) == RowDifferences("public.t", (), (), (), 0, pair.before.tables[0].checksum)
    pair.damage(
        "DELETE FROM public.t WHERE n IN (1, 2000, 700);"
        "UPDATE public.t SET n = -n WHERE n IN (2, 1500);"
        f"INSERT INTO public.t SELECT g, {KEYS[type_]} FROM generate_series(2001, 2003) g"
    )
    found = look(pair)
    assert (len(found.missing), len(found.changed), len(found.unexpected), found.truncated) == (3, 2, 3, 0)
    assert numbers(pair.target, found.changed) == [-1500, -2]
    assert numbers(pair.source, found.missing) == [1, 700, 2000]
    assert numbers(pair.target, found.unexpected) == [2001, 2002, 2003]


@pytest.mark.usefixtures("finely")
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "0", "1.50"])
def test_numeric_keys_without_a_place_on_the_line(make_pair: Callable[[str], Pair], value: str) -> None:
    pair = make_pair(
        "CREATE TABLE public.t (k numeric PRIMARY KEY, n int);"
        "INSERT INTO public.t SELECT g + 0.25, 0 FROM generate_series(-500, 500) g;"
        "INSERT INTO public.t VALUES ('NaN', 1), ('Infinity', 1), ('-Infinity', 1), ('0', 1), ('1.50', 1)"
    )
    pair.damage(f"UPDATE public.t SET n = 2 WHERE k = '{value}'")
    found = look(pair)
    assert (len(found.changed), len(found.missing), len(found.unexpected)) == (1, 0, 0)
    assert numbers(pair.target, found.changed) == [2]


@pytest.mark.usefixtures("finely")
def test_keys_that_are_equal_and_written_in_another_way_are_not_the_same(make_pair: Callable[[str], Pair]) -> None:
    pair = make_pair(
        "CREATE TABLE public.t (k numeric PRIMARY KEY);"
        "INSERT INTO public.t SELECT g + 0.5 FROM generate_series(1, 500) g"
    )
    pair.damage("UPDATE public.t SET k = 1.50 WHERE k = 1.5")
    found = look(pair)
    assert (len(found.missing), len(found.unexpected)) == (1, 1)


@pytest.mark.usefixtures("finely")
def test_minus_zero_is_told_from_zero(make_pair: Callable[[str], Pair]) -> None:
    pair = make_pair(
        "CREATE TABLE public.t (k float8 PRIMARY KEY);"
        "INSERT INTO public.t SELECT g FROM generate_series(-250, 250) g; INSERT INTO public.t VALUES ('NaN')"
    )
    pair.damage("UPDATE public.t SET k = '-0' WHERE k = 0")
    found = look(pair)
    assert (len(found.missing), len(found.unexpected)) == (1, 1)


@pytest.mark.usefixtures("finely")
@pytest.mark.parametrize("columns", ["a, b", "b, a", "c, b", "d, c, a"])
def test_keys_of_several_columns(make_pair: Callable[[str], Pair], columns: str) -> None:
    pair = make_pair(
        f'CREATE TABLE public.t (a int, b bigint, c text COLLATE "C", d uuid, n int, PRIMARY KEY ({columns}));'
        "INSERT INTO public.t SELECT g / 100, g, chr(65 + g % 26), md5((g / 7)::text)::uuid, g "
        "FROM generate_series(1, 3000) g"
    )
    assert ordered(pair)
    pair.damage("DELETE FROM public.t WHERE n IN (1, 1234, 3000); UPDATE public.t SET n = 0 WHERE n = 1500")
    found = look(pair)
    assert (len(found.missing), len(found.changed), len(found.unexpected)) == (3, 1, 0)


@pytest.mark.usefixtures("finely")
@pytest.mark.parametrize("emptied", ["source", "target"])
def test_one_side_is_empty(make_pair: Callable[[str], Pair], emptied: str) -> None:
    pair = make_pair("CREATE TABLE public.t (k int PRIMARY KEY); INSERT INTO public.t SELECT generate_series(1, 900)")
    run_sql(getattr(pair, emptied), "TRUNCATE public.t")
    found = look(pair)
    assert len(found.unexpected if emptied == "source" else found.missing) == 900


@pytest.mark.usefixtures("finely")
def test_keys_far_outside_of_the_other_side_s(make_pair: Callable[[str], Pair]) -> None:
    pair = make_pair("CREATE TABLE public.t (k int PRIMARY KEY); INSERT INTO public.t SELECT generate_series(1, 900)")
    pair.damage(
        "INSERT INTO public.t SELECT generate_series(1000000, 1000400);"
        "INSERT INTO public.t SELECT generate_series(-2147483648, -2147483600)"
    )
    found = look(pair)
    assert (len(found.unexpected), len(found.missing), len(found.changed)) == (450, 0, 0)


OTHERWISE = {
    "an order that hangs on a collation": ("k public.citext PRIMARY KEY", ""),
    "an order of its own": ("k public.mood PRIMARY KEY", ""),
    "no index on the target": ("k int PRIMARY KEY", "ALTER TABLE public.t DROP CONSTRAINT t_pkey;"),
    "NULL on the target": (
        "k int NOT NULL UNIQUE",
        "ALTER TABLE public.t ALTER k DROP NOT NULL; INSERT INTO public.t SELECT NULL, 7 FROM generate_series(1, 3);",
    ),
    "another type on the target": ("k int PRIMARY KEY", "ALTER TABLE public.t ALTER k TYPE bigint;"),
}


@pytest.mark.usefixtures("finely")
@pytest.mark.parametrize("why", OTHERWISE)
def test_keys_without_a_common_order_go_by_buckets(make_pair: Callable[[str], Pair], why: str) -> None:
    key, change = OTHERWISE[why]
    pair = make_pair(
        "CREATE TYPE public.mood AS ENUM ('1', '3', '2');"
        f"CREATE EXTENSION citext SCHEMA public; CREATE TABLE public.t ({key}, n int);"
        "INSERT INTO public.t VALUES ('1', 1), ('2', 2), ('3', 3)"
    )
    pair.damage(change + "UPDATE public.t SET n = 5 WHERE n = 2")
    found = look(pair)
    assert len(found.changed) == 1
    assert sum(row.target_copies for row in found.unexpected) == (3 if "NULL" in why else 0)
    assert not ordered(pair)


def test_an_index_that_does_not_lead_to_all_rows_hides_none(
    make_pair: Callable[[str], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = make_pair("CREATE TABLE public.t (k int PRIMARY KEY, n int); INSERT INTO public.t VALUES (1, 1), (2, 2)")
    pair.damage("UPDATE public.t SET n = 3 WHERE k = 2")
    monkeypatch.setattr(halving.Halving, "places", lambda self, split: iter(()))
    assert keys(look(pair).changed) == {"k=2"}


@pytest.fixture(scope="module")
def large(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    databases = Databases(pg_server.endpoint)
    source = databases.make("source")
    run_sql(
        source,
        "CREATE TABLE public.t (k bigint PRIMARY KEY, n int, s text);"
        f"INSERT INTO public.t SELECT g, 0, md5(g::text) FROM generate_series(1, {ROWS}) g",
    )
    run_sql(source, "VACUUM ANALYZE public.t")
    target = databases.copy(source, "target")
    yield Pair(source, target, facts_of(source), tmp_path_factory.mktemp("large"))
    databases.drop_all()


def read(endpoint: Endpoint) -> tuple[int, int]:
    """Rows and blocks of the table that have been read so far."""
    with connect(endpoint, "tests") as connection:
        (rows, blocks) = connection.execute(_READ).fetchone()  # type: ignore[misc]
    return rows, blocks


def test_one_row_in_a_million_is_found_for_one_scan(large: Pair) -> None:
    run_sql(large.target, "UPDATE public.t SET n = 1 WHERE k = 654321")
    before = [read(side) for side in (large.source, large.target)]
    found = look(large)
    after = [read(side) for side in (large.source, large.target)]
    assert (keys(found.changed), found.missing, found.unexpected) == ({"k=654321"}, (), ())
    with connect(large.source, "tests") as connection:
        (pages,) = connection.execute("SELECT pg_relation_size('public.t') / 8192").fetchone()  # type: ignore[misc]
    for (rows_before, blocks_before), (rows, blocks) in zip(before, after, strict=True):
        assert ROWS <= rows - rows_before < 1.2 * ROWS
        assert pages <= blocks - blocks_before < 1.3 * pages
    run_sql(large.target, "UPDATE public.t SET n = 0 WHERE k = 654321")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_differing_rows(large: Pair) -> None:
    run_sql(large.target, "UPDATE public.t SET n = 1")
    before = memory.forget_peak()
    found = look(large)
    grown = memory.peak() - before
    assert len(found.changed) + found.truncated == ROWS
    assert len(found.changed) == narrow.LISTED
    assert grown < 20 * 2**10  # KiB
