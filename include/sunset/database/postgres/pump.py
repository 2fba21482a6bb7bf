"""Rows from one session's COPY to another's, as the servers write them: no row becomes a Python value.

The source's server sends a message a row. All that libpq holds of them are taken at once, and sent on as one, for
a call through the driver for every row costs more than all the rest of the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from operator import itemgetter, lt

import psycopg
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus
from psycopg.waiting import Wait

BATCH_BYTES = 128 * 2**10
"""What is sent on at once; libpq grows its buffer slowly for more."""

_IS_ROW = partial(lt, (0, b"\xff"))
"""Of the answers of `get_copy_data`: a positive size and a row; 0 stands for not yet, -1 for the end."""

_ROW = itemgetter(1)

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
                batch = source.wait(_batch(source.pgconn))
                batch.pass_on(rows_in.write)
                size, rows = size + batch.size, batch.all_rows
                meter(batch.rows, batch.size)
        return Sent(rows, taking.rowcount, size)


@dataclass(slots=True)
class _Batch:
    """Rows in pieces of any length; `all_rows` is how many the server has sent, once it is done."""

    parts: list[bytes | memoryview] = field(default_factory=list)
    rows: int = 0
    size: int = 0
    all_rows: int | None = None

    def add(self, rows: Sequence[memoryview]) -> None:
        size = sum(map(len, rows))
        # To join a very large row with others would copy it once more.
        self.parts += [b"".join(rows)] if size <= BATCH_BYTES else rows
        self.rows += len(rows)
        self.size += size

    def pass_on(self, write: Callable[[bytes | memoryview], None]) -> None:
        """Write all pieces, and let go of each: a very large row would else stay until the next one is there."""
        while self.parts:
            write(self.parts.pop(0))


def _batch(connection: psycopg.pq.abc.PGconn) -> PQGen[_Batch]:
    """The next rows that there are, and whether they were the last."""
    batch, get = _Batch(), partial(connection.get_copy_data, 1)
    while batch.size < BATCH_BYTES:
        batch.add(tuple(map(_ROW, takewhile(_IS_ROW, iter(get, None)))))  # no line of Python for a row
        (result,) = yield from fetch_many(connection)  # waits for nothing while the copy goes on
        if result.status == ExecStatus.COMMAND_OK:
            batch.all_rows = result.command_tuples
            break
        if result.status != ExecStatus.COPY_OUT:
            raise psycopg.errors.error_from_result(result)
        while not (yield Wait.R):
            pass
        connection.consume_input()
    return batch
