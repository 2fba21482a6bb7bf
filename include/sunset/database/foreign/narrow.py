"""Narrows a difference between a foreign table and its copy down to the rows.

Both sides sort every row into buckets by the hash of its key and sum the rows' hashes of each bucket. Of the buckets
that differ, pairs of key hash and row hash are merged in one order: the target sorts its own, the source's are sorted
in a file of this worker. So memory stays bounded, and no value leaves either side but what names a row.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import closing

import psycopg
from psycopg import sql

from sunset.database.foreign.canonical import StoredTable
from sunset.database.foreign.digest import digest
from sunset.database.foreign.facts import whole
from sunset.database.foreign.lines import Tally
from sunset.database.foreign.model import Table
from sunset.database.foreign.naming import Naming
from sunset.database.foreign.quarantine import Bucket
from sunset.database.foreign.reader import Reader
from sunset.validation.found import Found
from sunset.validation.merge import Pair, merge
from sunset.validation.rows import RowDifferences

LISTED = 1_000
BATCH = 2_000
Sums = dict[int, tuple[int, int, int]]

_SUMS = """
    SELECT ('x' || left(k, 4))::bit(16)::int, count(*), {sums}
    FROM (SELECT md5({key}) AS k, {hash} AS x FROM ONLY {table} OFFSET 0) AS q GROUP BY 1
"""
_PAIRS = """
    SELECT ('x' || left(k, 16))::bit(64)::bigint, ('x' || right(k, 16))::bit(64)::bigint,
           ('x' || left(x, 16))::bit(64)::bigint, ('x' || right(x, 16))::bit(64)::bigint, min(name), count(*)
    FROM (SELECT md5({key}) AS k, md5({line}) AS x, {name} AS name FROM ONLY {table} OFFSET 0) AS q
    WHERE ('x' || left(k, 4))::bit(16)::int = ANY ({buckets})
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def narrow(
    reader: Reader, target: psycopg.Connection, table: Table, stored: StoredTable, listed: int = LISTED
) -> RowDifferences:
    """The rows of `table` that are not the same on both sides.

    Args:
        reader: the source.
        target: session opened by `endpoint.read_only`, in autocommit.
        table: the source's table; the target's must have the same columns.
        stored: the target's table.
        listed: how many rows are named at most.
    """
    naming = Naming(table, stored)
    with target.transaction():
        target.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        old, checksum = _source_sums(reader, naming)
        new = _target_sums(target, naming)
        buckets = {bucket for bucket in old.keys() | new.keys() if old.get(bucket) != new.get(bucket)}
        found = Found(naming.row, listed)
        if buckets:
            with closing(_sorted_pairs(reader, naming, buckets)) as pairs:
                found.add_all(merge(_read(pairs), _target_pairs(target, naming, buckets)))
    return found.of(table.address, checksum)


def _send(reader: Reader, naming: Naming, take: Callable[[bytes, bytes, bytes], None]) -> str:
    """Give `take` the key, and the digests of key and line, of every row; returns the table's checksum."""
    places = naming.places

    def write(lines: bytes) -> None:
        for line in lines.split(b"\n")[:-1]:
            cells = line.split(b"\t")
            key = b"\t".join([cells[place] for place in places])
            take(key, _md5(key), _md5(line))

    bucket = Bucket(naming.table, sys.maxsize)
    return bucket.fact(reader.send(naming.table, whole(naming.table), write, bucket.reject)).checksum


def _source_sums(reader: Reader, naming: Naming) -> tuple[Sums, str]:
    tallies: dict[int, Tally] = defaultdict(Tally)

    def take(_: bytes, key: bytes, row: bytes) -> None:
        tallies[int.from_bytes(key[:2])].add_digest(row)

    checksum = _send(reader, naming, take)
    return {bucket: (tally.rows, *tally.sums) for bucket, tally in tallies.items()}, checksum


def _target_sums(target: psycopg.Connection, naming: Naming) -> Sums:
    stored, how = naming.stored, digest(target)
    query = sql.SQL(_SUMS).format(
        sums=how.sums,
        key=stored.line(naming.key),
        hash=how.of_line.format(stored.line()),
        table=stored.identifier,
    )
    return {bucket: (rows, int(high) % 2**64, int(low) % 2**64) for bucket, rows, high, low in target.execute(query)}


def _sorted_pairs(reader: Reader, naming: Naming, buckets: Collection[int]) -> sqlite3.Connection:
    """A temporary file with the pairs of these buckets."""
    pairs = sqlite3.connect("", check_same_thread=False)  # without a name it is a file that goes with the connection
    pairs.execute("CREATE TABLE pair (k1, k2, x1, x2, name)")
    insert = "INSERT INTO pair VALUES (?, ?, ?, ?, ?)"

    def take(key: bytes, digest: bytes, row: bytes) -> None:
        if int.from_bytes(digest[:2]) in buckets:
            pairs.execute(insert, (*_halves(digest), *_halves(row), naming.name_of(key)))

    _send(reader, naming, take)
    return pairs


def _read(pairs: sqlite3.Connection) -> Iterator[Pair]:
    query = "SELECT k1, k2, x1, x2, min(name), count(*) FROM pair GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    for *numbers, name, rows in pairs.execute(query):
        yield (*numbers, name.split("\t"), rows)


def _target_pairs(target: psycopg.Connection, naming: Naming, buckets: Collection[int]) -> Iterator[Pair]:
    stored = naming.stored
    query = sql.SQL(_PAIRS).format(
        key=stored.line(naming.key),
        line=stored.line(),
        name=naming.name_expression,
        table=stored.identifier,
        buckets=sql.Literal(sorted(buckets)),
    )
    with target.cursor(name="sunset_narrow") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(query)  # no parameters: a "%" in a name would be taken for one


def _md5(text: bytes) -> bytes:
    return hashlib.md5(text, usedforsecurity=False).digest()


def _halves(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:8], signed=True), int.from_bytes(digest[8:], signed=True)
