"""Reads a foreign database through its driver, row by row, in the form of COPY's text format."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.answers import answer
from sunset.database.foreign.lines import NULL, Tally, escaped, nowhere, pass_on
from sunset.database.foreign.model import Column, Table
from sunset.database.foreign.reader import BadRow, Reject, Write
from sunset.database.general.fitting import DoesNotFit
from sunset.database.general.place import Place, in_our_words
from sunset.database.general.queries import rows_of
from sunset.database.general.values import encoder
from sunset.engine import Unit
from sunset.validation.answers import LONGEST
from sunset.validation.facts import TableFact
from sunset.validation.readings import Answer, Check

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROWS_AT_ONCE, BYTES_AT_ONCE = 1_000, 8 * 2**20


@dataclass(frozen=True, slots=True)
class GeneralReader:
    """One session on a source of any kind, in its transaction.

    Attributes:
        place: where the source is.
        connection: SQLAlchemy's session, opened by `place.reading`.
        owner: the source's own schema of a table, None for the default one.
    """

    place: Place
    connection: Connection
    owner: Callable[[Table], str | None]

    def send(self, table: Table, unit: Unit, write: Write, reject: Reject) -> TableFact:  # noqa: ARG002
        tally = Tally()
        pass_on(self._lines(table, reject), write, tally)
        return tally.fact(table.address)

    def fact(self, table: Table, unit: Unit, reject: Reject) -> TableFact:
        return self.send(table, unit, nowhere, reject)

    def sample(self, table: Table, rows: int) -> Sequence[bytes]:
        lines = self._lines(table, nowhere)
        return [line for line, _ in zip(lines, range(rows), strict=False)]

    def ask(self, check: Check) -> Answer:
        from sqlalchemy import exc

        try:
            cursor = self.connection.exec_driver_sql(check.sql)
            return answer(check.name, [tuple(row) for row in cursor.fetchmany(LONGEST + 1)])
        except exc.ResourceClosedError:
            return Answer(check.name, fault="is no query")
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return Answer(
                check.name, fault=type(error.orig).__name__ + (f": {error.orig}" if self.place.is_sqlite else "")
            )

    def _lines(self, table: Table, reject: Reject) -> Iterator[bytes]:
        columns = table.stored
        makers = [_cell_maker(column) for column in columns]
        places = [[column.name for column in columns].index(name) for name in table.key]
        for row in self._rows(table):
            cells: list[str] = []
            try:
                for make, value in zip(makers, row, strict=True):
                    cells.append(make(value))
            except DoesNotFit as reason:
                key = tuple(_shown(row[place]) for place in places)
                reject(BadRow(key, columns[len(cells)].name, str(reason), _as_json(columns, row)))
                continue
            yield "\t".join(cells).encode()

    def _rows(self, table: Table) -> Iterator[Sequence[Any]]:
        with in_our_words(self.place):
            streaming = self.connection.execution_options(stream_results=True, yield_per=_rows_at_once(table))
            result = streaming.execute(rows_of(table, self.owner(table), streaming.dialect.name))
            for part in result.partitions():
                yield from part


def _rows_at_once(table: Table) -> int:
    """As many rows as fit into little memory, by the size that they have on average."""
    size = (table.bytes or 0) // max(table.rows or 0, 1)
    return max(min(BYTES_AT_ONCE // max(size, 1), ROWS_AT_ONCE), 1)


def _cell_maker(column: Column) -> Callable[[object], str]:
    """What makes a value's part of a line."""
    encode, nullable, plain = encoder(column), column.nullable, column.form not in ("text", "json", "bytes")

    def cell(value: object) -> str:
        if value is not None:
            return encode(value) if plain else escaped(encode(value))
        if not nullable:
            raise DoesNotFit("NULL in a column that is NOT NULL")
        return NULL

    return cell


def _as_json(columns: Sequence[Column], row: Sequence[object]) -> str:
    """The row as JSON, exact: what JSON has no words for is an object that names its kind."""
    values = {column.name: _json_value(value) for column, value in zip(columns, row, strict=True)}
    return json.dumps(values, ensure_ascii=True)


def _json_value(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        return (
            value if data.decode("utf-8", "replace") == value else {"base64 of text": base64.b64encode(data).decode()}
        )
    if value is None or isinstance(value, bool | int):
        return value
    return {type(value).__name__: repr(value) if isinstance(value, float) else str(value)}


def _shown(value: object) -> str:
    shown = _json_value(value)
    return shown if isinstance(shown, str) else json.dumps(shown)
