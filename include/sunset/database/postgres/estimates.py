"""How long a run will take and how much room it needs, from the sizes of the source and a speed that is tried.

The first blocks of the largest table are read as a copy reads them, and summed up as a validation does; the target
sorts numbers as it does for an index. Nothing is written, so what writing costs is not among it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.checksum import measure_table
from sunset.database.postgres.places import Places
from sunset.database.postgres.tables import Table, find_table, quoted_tables
from sunset.engine import Finding

SAMPLE_BYTES = 16 * 2**20
SORTED = 200_000
SECONDS = 3
"""Longest time for each of the trials."""

_SIZES = """
    SELECT coalesce(sum(pg_relation_size(oid)), 0)::bigint, coalesce(sum(pg_total_relation_size(oid)), 0)::bigint,
           coalesce(sum(greatest(reltuples, 0)), 0)::bigint,
           coalesce(sum(greatest(reltuples, 0) * (SELECT count(*) FROM pg_index WHERE indrelid = c.oid)), 0)::bigint,
           (array_agg(wanted ORDER BY pg_relation_size(oid) DESC))[1], coalesce(max(pg_relation_size(oid)), 0)::bigint,
           current_setting('block_size')::int
    FROM unnest(%s::text[]) AS wanted JOIN pg_class c ON c.oid = to_regclass(wanted)
"""
_SORT = "SELECT count(*) FROM (SELECT hashint8(g) AS h FROM generate_series(1, {}) AS g ORDER BY h OFFSET 0) AS q"


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Of all tables together: bytes of the rows, bytes in all, rows, entries of their indexes; and of the largest."""

    heap: int
    total: int
    rows: int
    entries: int
    largest: str | None
    largest_heap: int
    block: int

    @property
    def sampled(self) -> int:
        return min(self.largest_heap, SAMPLE_BYTES)


def estimates(places: Places) -> Iterable[Finding]:
    """Room on the target, time for copy, indexes and validation; for information."""
    tables = quoted_tables(places.reads, places.scope.schemas, places.scope.excluded)
    sizes = _Sizes(*places.reads.execute(_SIZES, [list(tables)]).fetchone())  # type: ignore[misc]
    message = f"{_size(sizes.total)}, as on the source, indexes included; as much again in a rehearsal's sandbox."
    yield Finding("info", "estimate", "room on the target", message)
    if sizes.largest and sizes.sampled:
        table = find_table(places.reads, sizes.largest)
        blocks = sql.SQL("ctid < {}::tid").format(sql.Literal(f"({sizes.sampled // sizes.block},0)"))
        copying = _timed(places.reads, lambda: _copy(places.reads, table, blocks))
        summing = _timed(places.reads, lambda: measure_table(places.reads, table, blocks))
        limit = places.scope.rows_per_second
        yield _of_reading("copy", sizes, copying, sizes.rows / limit if limit else 0.0)
        yield _of_reading("validation", sizes, summing, 0.0)
        yield _of_indexes(places, sizes)


def _of_reading(work: str, sizes: _Sizes, seconds: float | None, least: float) -> Finding:
    if seconds is None:
        message = f"{_size(sizes.heap)}; no sample was read within {SECONDS} s, so nothing can be said of the time."
        return Finding("info", "estimate", work, message)
    rate = sizes.sampled / seconds
    whole = max(sizes.heap / rate, least)
    message = f"{_size(sizes.heap)} over one connection, at {_size(rate)} a second as a sample was read."
    return Finding("info", "estimate", work, message, seconds=round(whole, 1))


def _of_indexes(places: Places, sizes: _Sizes) -> Finding:
    query = sql.SQL(_SORT).format(sql.Literal(SORTED))
    seconds = _timed(places.target, lambda: places.target.execute(query))
    if seconds is None:
        return Finding("info", "estimate", "indexes", f"the target did not sort a sample within {SECONDS} s.")
    message = f"{sizes.entries:,} entries, at {SORTED / seconds:,.0f} a second as the target sorts numbers."
    return Finding("info", "estimate", "indexes", message, seconds=round(sizes.entries * seconds / SORTED, 1))


def _timed(connection: psycopg.Connection, work: Callable[[], object]) -> float | None:
    """Seconds that the work takes; None where it takes too long, or a row cannot be read."""
    started = time.monotonic()
    try:
        with connection.transaction():
            connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
            work()
    except (psycopg.errors.QueryCanceled, psycopg.DataError):  # bytes that are no text are a finding of their own
        return None
    return time.monotonic() - started


def _copy(connection: psycopg.Connection, table: Table, blocks: sql.Composable) -> None:
    query = sql.SQL("COPY (SELECT * FROM ONLY {} WHERE {}) TO STDOUT").format(table.identifier, blocks)
    with connection.cursor().copy(query) as rows:
        for _ in rows:
            pass


def _size(size: float) -> str:
    return f"{size / 2**20:,.1f} MiB"
