"""Reads a MySQL database as lines of COPY that its own server makes; the worker passes them through.

A table with a whole number as its key comes in blocks, each one value with all of its lines, because a driver in Python
takes longer for a row than the server does. Every other table comes row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sunset.database.foreign.answers import answer
from sunset.database.foreign.lines import Tally, nowhere, pass_on
from sunset.database.foreign.model import Table
from sunset.database.foreign.reader import BadRow, Reject, Write
from sunset.database.general.floats import float_text
from sunset.database.mysql import cells, ranges
from sunset.database.mysql.place import Session, quoted
from sunset.engine import Unit
from sunset.errors import Refusal
from sunset.validation.answers import LONGEST
from sunset.validation.facts import TableFact
from sunset.validation.readings import Answer, Check


@dataclass(frozen=True, slots=True)
class MySqlReader:
    """One session on the source, in its transaction.

    Attributes:
        session: reads.
        zero_dates_as_null: whether zero dates are sent as NULL.
    """

    session: Session
    zero_dates_as_null: bool

    def send(self, table: Table, unit: Unit, write: Write, reject: Reject) -> TableFact:
        tally = Tally()
        for condition in ranges.blocks(self.session, table, unit):
            if condition is None or not self._send_block(table, condition, write, tally):
                pass_on(self._rows(table, condition, reject), write, tally)
        return tally.fact(table.address)

    def fact(self, table: Table, unit: Unit, reject: Reject) -> TableFact:
        """As `send`: the server's own MD5 takes longer than passing the lines to ours."""
        return self.send(table, unit, nowhere, reject)

    def sample(self, table: Table, rows: int) -> Sequence[bytes]:
        fit = f"NOT coalesce({_any(self._faults(table))}, FALSE) LIMIT {rows:d}"
        return list(self._rows(table, fit, nowhere))

    def ask(self, check: Check) -> Answer:
        try:
            return answer(check.name, self.session.all(check.sql)[: LONGEST + 1])
        except Refusal as error:
            return Answer(check.name, fault=error.what)

    def _send_block(self, table: Table, condition: str, write: Write, tally: Tally) -> bool:
        """Send a block in one value; False where a row has to be looked at, or the server cannot put all into one."""
        looked_at = " OR ".join([_any(self._faults(table)), *cells.with_exponent(table)])
        lines = f"CAST(group_concat({self._line(table)}, _utf8mb4 x'0A' SEPARATOR '') AS BINARY)"
        count = f"SELECT count(*), coalesce(sum({looked_at}), 0), {lines}"
        rows, bad, data = self.session.one(f"{count} FROM {quoted(table.namespace, table.name)} WHERE {condition}")
        if not rows:
            return True
        # What is longer than the server's limits is cut: then the last line has no end, or lines are missing.
        if bad or data is None or not data.endswith(b"\n") or data.count(b"\n") != rows:
            return False
        write(data)
        tally.add_all(data)
        return True

    def _rows(self, table: Table, condition: str | None, reject: Reject) -> Iterator[bytes]:
        """The lines of rows, one by one; those with a fault go to `reject` instead."""
        found = self._faults(table)
        which = "".join(f" WHEN {fault.condition} THEN {number}" for number, fault in enumerate(found, 1))
        rows = f"FROM {quoted(table.namespace, table.name)} WHERE {condition or 'TRUE'}"
        query = f"SELECT 0, CAST({self._line(table)} AS BINARY) {rows}"
        if found:
            value = f"CASE WHEN {_any(found)} THEN {cells.as_json(table.stored)} ELSE {self._line(table)} END"
            query = f"SELECT CASE{which} ELSE 0 END, CAST({value} AS BINARY) {rows}"
        doubles = cells.doubles(table)
        for number, text in self.session.stream(query):
            if text is None:
                raise _too_long(table)
            if number:
                reject(_bad_row(table, found[number - 1], text))
            else:
                yield _with_doubles(text, doubles) if doubles else text

    def _faults(self, table: Table) -> tuple[cells.Fault, ...]:
        return cells.faults(table, zero_dates_as_null=self.zero_dates_as_null)

    def _line(self, table: Table) -> str:
        return cells.line(table, zero_dates_as_null=self.zero_dates_as_null)


def _any(faults: Sequence[cells.Fault]) -> str:
    return " OR ".join(f"({fault.condition})" for fault in faults) or "FALSE"


def _with_doubles(line: bytes, places: Sequence[int]) -> bytes:
    values = line.split(b"\t")
    for place in places:
        if values[place] != b"\\N":
            values[place] = float_text(float(values[place])).encode()
    return b"\t".join(values)


def _bad_row(table: Table, fault: cells.Fault, data: bytes) -> BadRow:
    row = json.loads(data)
    key = tuple("" if row[name] is None else str(row[name]) for name in table.key)
    return BadRow(key, fault.column, fault.reason, data.decode())


def _too_long(table: Table) -> Refusal:
    return Refusal(
        "has a row whose line is longer than the server's max_allowed_packet.",
        where=table.address,
        remedy="SET GLOBAL max_allowed_packet = 1073741824 on the source, and run the task again.",
    )
