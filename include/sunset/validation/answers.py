"""Asks the spec's checks of one side. Answers are compared as the server's own text, to the last byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors

from sunset.database.postgres.translate import translated
from sunset.validation.readings import Answer, Check

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

Read = Callable[[Check, "PGresult"], Answer]
LONGEST = 200
"""Rows of the longest answer that is compared; longer ones are for an aggregate to sum up."""
NUMERIC = {20, 21, 23, 700, 701, 1700}  # int8, int2, int4, float4, float8, numeric


def as_text(check: Check, result: PGresult) -> Answer:
    """The answer as the server's own text: for two servers that write alike."""
    rows = [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]
    names = [result.fname(column) for column in range(result.nfields)]
    single = len(rows) == 1 and result.nfields == 1 and result.ftype(0) in NUMERIC
    number = rows[0][0].decode() if single and rows[0][0] else None
    return Answer(check.name, len(rows), _digest([names, *rows]), number)


def ask(connection: psycopg.Connection, checks: Sequence[Check], read: Read = as_text) -> tuple[Answer, ...]:
    """The answer of this side to each check, in their order.

    Args:
        connection: a read-only session opened by `endpoint.read_only`; an open transaction is kept.
        checks: each one a single query.
        read: makes an answer of a query's result.

    Raises:
        Unavailable: the server went away.
    """

    def answer(connection: psycopg.Connection, check: Check) -> Answer:
        result = _result(connection, check)
        if result.ntuples > LONGEST:
            return Answer(check.name, fault=f"has more than {LONGEST} rows; sum them up in the query")
        return read(check, result)

    return tuple(_guarded(answer, connection, check) for check in checks)


def faults(connection: psycopg.Connection, checks: Sequence[Check]) -> tuple[Answer, ...]:
    """The checks that this side cannot even plan, each with its fault; none of the queries is run.

    Raises:
        Unavailable: the server went away.
    """
    planned = (_guarded(_plan, connection, check) for check in checks)
    return tuple(answer for answer in planned if answer.fault)


def _guarded(
    work: Callable[[psycopg.Connection, Check], Answer], connection: psycopg.Connection, check: Check
) -> Answer:
    with translated(f"check {check.name!r}"):
        try:
            with connection.transaction():
                return work(connection, check)
        except psycopg.ProgrammingError as error:  # about the query's own words, so its message tells no row
            return Answer(check.name, fault=error.diag.message_primary or type(error).__name__)
        except (psycopg.DataError, psycopg.NotSupportedError, psycopg.InternalError, errors.QueryCanceled) as error:
            return Answer(check.name, fault=type(error).__name__)


def _plan(connection: psycopg.Connection, check: Check) -> Answer:
    query = b"DECLARE sunset_check NO SCROLL CURSOR FOR " + check.sql.strip().rstrip(";").encode()
    connection.execute(query, prepare=True)  # a prepared statement is one statement: nothing can follow the query
    return Answer(check.name)


def _result(connection: psycopg.Connection, check: Check) -> PGresult:
    _plan(connection, check)
    cursor = connection.execute(f"FETCH {LONGEST + 1} FROM sunset_check")
    connection.execute("CLOSE sunset_check")
    assert cursor.pgresult is not None
    return cursor.pgresult


def _digest(rows: Sequence[Sequence[bytes | None]]) -> str:
    """SHA-256 over values that are told apart by their lengths, NULL by its own mark."""
    digest = hashlib.sha256()
    for row in rows:
        for value in row:
            digest.update(b"N" if value is None else b"%d:%b" % (len(value), value))
        digest.update(b"\n")
    return digest.hexdigest()
