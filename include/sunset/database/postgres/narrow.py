"""Narrows a difference between two copies of a table down to the rows, without reading their content.

Where both sides keep the table's key in one order, ranges of the key are halved until few rows are left. Else both
sides hash every row into buckets by its key and sum each bucket. Of the places that differ, (key hash, row hash)
pairs are read in one order from both sides and merged, so memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from sunset.database.postgres.halving import Halving
from sunset.database.postgres.ordered_key import OrderedKey, find_ordered_key
from sunset.database.postgres.row_reader import RowReader, Sums
from sunset.database.postgres.tables import Table
from sunset.validation.found import Found
from sunset.validation.merge import merge
from sunset.validation.rows import RowDifferences

BUCKETS = 2**16
LISTED = 1_000


def narrow(
    source: psycopg.Connection, target: psycopg.Connection, table: Table, key: Sequence[str], listed: int = LISTED
) -> RowDifferences:
    """The rows of `table` that are not the same on both sides.

    Args:
        source: session opened by `endpoint.read_only`, in autocommit.
        target: likewise.
        table: the source's table; the target must have the same columns.
        key: columns that name a row; none compares whole rows, doubles counted.
        listed: how many rows are named at most.
    """
    reader = RowReader.of(source, table, key)
    found = Found(reader.name, listed)
    with _one_state(source), _one_state(target):
        ordered = find_ordered_key(source, target, table, key)
        sums = _by_ranges(source, target, reader, ordered, found) if ordered else None
        if sums is None:
            sums = _by_buckets(source, target, reader, found)
    return found.of(table.quoted, _checksum(sums))


def _by_ranges(
    source: psycopg.Connection, target: psycopg.Connection, reader: RowReader, key: OrderedKey, found: Found
) -> Mapping[int, Sums] | None:
    """The source's sums; None where the sums differ and the rows do not: an index does not lead to all of them."""
    halving = Halving(source, target, reader, key)
    whole = halving.whole()
    for place in halving.places(whole):
        found.add_all(merge(reader.pairs(source, place), reader.pairs(target, place)))
    return None if whole.differing and not found.any else whole.source


def _by_buckets(
    source: psycopg.Connection, target: psycopg.Connection, reader: RowReader, found: Found
) -> Mapping[int, Sums]:
    """The source's sums."""
    bucket = sql.SQL("({} & {})::int").format(reader.key_hash, sql.Literal(BUCKETS - 1))
    old, new = (reader.sums(side, bucket, sql.SQL("true")) for side in (source, target))
    if differing := sorted(number for number in old.keys() | new.keys() if old.get(number) != new.get(number)):
        place = sql.SQL("{} = ANY ({})").format(bucket, sql.Literal(differing))
        found.add_all(merge(reader.pairs(source, place), reader.pairs(target, place)))
    return old


def _checksum(sums: Mapping[int, Sums]) -> str:
    high, low = (sum(part[place] for part in sums.values()) % 2**64 for place in (1, 2))
    return f"{high:016x}{low:016x}"


@contextmanager
def _one_state(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
