"""Rows from one session's COPY to another's, as the servers write them: no row becomes a Python value.

The source's server sends a message a row. All that libpq holds of them are taken at once, and sent on as one: a call
through the driver for every row costs three times as much as the rest of the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.generators import fetch_many
from psycopg.waiting import Wait

BATCH_BYTES = 128 * 2**10
"""What is sent on at once; libpq grows its buffer slowly for more."""

Meter = Callable[[int, int], None]
"""Is told the rows and bytes that have passed since it was last told."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the source sent and the target took: rows by the answers of both servers, bytes as text."""

    rows: int
    taken: int
    bytes: int


def pump(
    source: psycopg.Connection,
    target: psycopg.Connection,
    reading: sql.Composed,
    writing: sql.Composed,
    meter: Meter,
) -> Sent:
    """Run COPY TO STDOUT on the source into COPY FROM STDIN on the target.

    Memory: two copies of a batch, or of a row where that is larger.
    """
    size, rows = 0, None
    with source.cursor().copy(reading), target.cursor() as taking:
        with taking.copy(writing) as rows_in:
            while rows is None:
                parts, length, rows = source.wait(_batch(source.pgconn))
                for part in _joined(parts, length):
                    rows_in.write(part)
                size += length
                meter(len(parts), length)
        return Sent(rows, taking.rowcount, size)


def _batch(connection: psycopg.pq.abc.PGconn) -> PQGen[tuple[list[memoryview], int, int | None]]:
    """The next rows and their length in bytes; and at the end the number of all rows, as the server gives it."""
    parts: list[memoryview] = []
    length = 0
    while length < BATCH_BYTES:
        size, row = connection.get_copy_data(1)
        if size > 0:
            parts.append(row)
            length += size
        elif size == 0:
            while not (yield Wait.R):
                pass
            connection.consume_input()
        else:
            (result,) = yield from fetch_many(connection)
            if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result)
            return parts, length, result.command_tuples
    return parts, length, None


def _joined(parts: Sequence[memoryview], length: int) -> Sequence[bytes | memoryview]:
    """Rows as one piece; a batch that holds a very large one as it is, for joining would copy it once more."""
    return parts if length > 2 * BATCH_BYTES else (b"".join(parts),)
