"""Rows pumped from one COPY to another."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.pump import Sent, pump
from sunset.database.postgres.tables import find_table

pytestmark = pytest.mark.integration


@pytest.fixture
def sides(make_database: Callable[..., Endpoint]) -> tuple[Endpoint, Endpoint]:
    source, target = make_database("source"), make_database("target")
    for place in (source, target):
        with connect(place, "tests") as link:
            link.execute("CREATE TABLE public.t (id int, body text)")
    return source, target


def send(source: psycopg.Connection, target: psycopg.Connection, query: str) -> tuple[Sent, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    reading = sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(query))  # type: ignore[arg-type]
    writing = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier("public", "t"))
    return pump(source, target, reading, writing, lambda rows, size: told.append((rows, size))), told


def test_very_large_rows_among_small_ones(sides: tuple[Endpoint, Endpoint]) -> None:
    with connect(sides[0], "tests") as source, connect(sides[1], "tests") as target:
        source.execute(
            "INSERT INTO public.t SELECT i, repeat(md5(i::text), CASE WHEN i % 40 = 0 THEN 300000 ELSE i % 50 END) "
            "FROM generate_series(1, 200) AS i"
        )
        sent, told = send(source, target, "SELECT * FROM public.t")
        assert (sent.rows, sent.taken) == (200, 200)
        assert (sum(rows for rows, _ in told), sum(size for _, size in told)) == (200, sent.bytes)
        facts = [measure_table(side, find_table(side, "public.t")) for side in (source, target)]
        assert facts[0] == facts[1]


@pytest.mark.parametrize("rows", [0, 1, 100_000])
def test_both_servers_count(sides: tuple[Endpoint, Endpoint], rows: int) -> None:
    with connect(sides[0], "tests") as source, connect(sides[1], "tests") as target:
        sent, _ = send(source, target, f"SELECT i, 'r' FROM generate_series(1, {rows}) AS i")
        assert (sent.rows, sent.taken) == (rows, rows)
        assert target.execute("SELECT count(*) FROM public.t").fetchone() == (rows,)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT i, (1 / (90000 - i))::text FROM generate_series(1, 100000) AS i", psycopg.errors.DivisionByZero),
        ("SELECT i || 'x', '' FROM generate_series(1, 100000) AS i", psycopg.errors.InvalidTextRepresentation),
    ],
)
def test_an_error_on_either_side_leaves_nothing(
    sides: tuple[Endpoint, Endpoint], query: str, error: type[psycopg.Error]
) -> None:
    with connect(sides[0], "tests") as source, connect(sides[1], "tests") as target:
        with pytest.raises(error):
            send(source, target, query)
        assert target.execute("SELECT count(*) FROM public.t").fetchone() == (0,)
        assert send(source, target, "SELECT 1, 'again'")[0].taken == 1
