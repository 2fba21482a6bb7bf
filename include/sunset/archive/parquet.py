"""One PostgreSQL table to one Parquet file, without loss and in bounded memory.

Rows come as CSV from COPY, which tells NULL from the empty string and has no limits of Python's numbers and
dates, and are parsed by Arrow. The file is read back and counted against the database on the same snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from sunset.archive.arrow import arrow_schema, parse
from sunset.archive.columns import Column, describe
from sunset.archive.tally import Tally, measure, read_back
from sunset.database.postgres.endpoint import SESSION
from sunset.dossier.names import safe_name
from sunset.errors import Deviation, Refusal, Unavailable

BATCH_BYTES = 16 * 2**20
"""Text that is parsed at once and becomes one row group; a longer row is one batch by itself."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """One exported table.

    Attributes:
        table: quoted, schema-qualified name.
        file: name of the Parquet file; None for a table without columns, which Parquet cannot hold.
        columns: how each column is kept.
        tally: rows, NULLs and lengths, found equal in the database and in the file.
    """

    table: str
    file: str | None
    columns: tuple[Column, ...]
    tally: Tally


def export_table(connection: psycopg.Connection, table: str, folder: Path) -> TableFile:
    """Export a table (`ONLY`, without children and partitions), materialised view or view.

    Args:
        connection: in a transaction of isolation level repeatable read, which is the snapshot that is exported.
        table: quoted, schema-qualified name.
        folder: an existing local folder.

    Raises:
        Deviation: the file read back does not have the rows, NULLs or lengths that the database counted.
        Refusal: no snapshot, no such table, no permission, or values that are no valid UTF-8.
        Unavailable: the server went away.
    """
    with _errors(table):
        _require_snapshot(connection, table)
        oid, name, relation = _find(connection, table)
        columns, tally = measure(connection, relation, describe(connection, oid))
        if not columns:
            return TableFile(name, None, columns, tally)
        file = f"{safe_name(name)}.parquet"
        _write(connection, relation, name, columns, folder / file)
        _require_equal(name, tally.differences(read_back(folder / file, columns), columns), folder / file)
        return TableFile(name, file, columns, tally)


@contextmanager
def _errors(table: str) -> Iterator[None]:
    """Arrow's messages quote values and PostgreSQL's may, so neither is passed on."""
    from pyarrow import ArrowInvalid

    try:
        yield
    except ArrowInvalid:
        remedy = "Check that the database's encoding is what its text is written in."
        raise Refusal("holds a value that cannot be read as its type.", where=table, remedy=remedy) from None
    except psycopg.OperationalError as error:
        what = f"the server stopped answering ({type(error).__name__})."
        raise Unavailable(what, where=table, remedy="Try again later.") from None
    except psycopg.Error as error:
        what = f"cannot be read: {type(error).__name__}, SQLSTATE {error.sqlstate}."
        raise Refusal(what, where=table, remedy="Check the name and grant SELECT.") from None


def _require_snapshot(connection: psycopg.Connection, table: str) -> None:
    level = connection.execute("SHOW transaction_isolation").fetchone()
    idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    if idle or level not in (("repeatable read",), ("serializable",)):
        remedy = "Begin a transaction of isolation level repeatable read."
        raise Refusal("counts and rows would come from two snapshots.", where=table, remedy=remedy)
    connection.execute(
        "SELECT pg_catalog.set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS s(name, value)",
        [list(SESSION), list(SESSION.values())],
    )


def _find(connection: psycopg.Connection, table: str) -> tuple[int, str, sql.Composable]:
    found = connection.execute(
        "SELECT c.oid::bigint, n.nspname, c.relname, format('%%I.%%I', n.nspname, c.relname)"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.oid = pg_catalog.to_regclass(%s)",
        [table],
    ).fetchone()
    if found is None:
        raise Refusal("is not in the database.", where=table, remedy="Check the name and its quoting.")
    oid, schema, name, quoted = found
    return oid, quoted, sql.SQL("ONLY {}").format(sql.Identifier(schema, name))


def _write(
    connection: psycopg.Connection, relation: sql.Composable, table: str, columns: tuple[Column, ...], path: Path
) -> None:
    import pyarrow.parquet as pq

    schema = arrow_schema(table, columns)
    names = [sql.Identifier(column.name) for column in columns]
    # The first column is quoted so that no row can begin with a byte order mark, which a parser would drop.
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, ENCODING 'UTF8', FORCE_QUOTE ({}))").format(
        sql.SQL(", ").join(names), relation, names[0]
    )
    with (
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for text, rows in _batches(copy):
            batch = parse(text, columns, schema)
            if batch.num_rows != rows:
                raise Refusal("the rows of COPY cannot be told apart.", where=table, remedy="Archive the dump.")
            writer.write_table(batch, row_group_size=rows)


def _batches(copy: psycopg.Copy) -> Iterator[tuple[bytearray, int]]:
    """COPY's text in batches of whole rows, each with its number of rows: the server sends one message a row."""
    text, rows = bytearray(), 0
    for row in copy:
        text += row
        rows += 1
        if len(text) >= BATCH_BYTES:
            yield text, rows
            text, rows = bytearray(), 0
    if rows:
        yield text, rows


def _require_equal(table: str, lines: Sequence[str], path: Path) -> None:
    if lines:
        raise Deviation(
            "The Parquet file does not hold what the database counted.",
            where=table,
            remedy="Do not archive it; report the table's column types.",
            differences=tuple(f"{table}: {line}" for line in lines),
            record=path.name,
        )
