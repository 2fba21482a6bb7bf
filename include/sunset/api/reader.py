"""Reads a whole export as rows: lines of COPY's text format, in the order of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sunset.api.columns import writer
from sunset.api.exports import Export, Exports
from sunset.database.foreign.lines import NULL, Tally, escaped, nowhere, pass_on
from sunset.database.foreign.model import Table
from sunset.database.foreign.reader import Reject, Write
from sunset.engine import Unit
from sunset.validation.facts import TableFact
from sunset.validation.readings import Answer, Check


@dataclass(frozen=True, slots=True)
class ExportReader:
    """One export, which stands still by itself."""

    exports: Exports
    taken: Export

    def send(self, table: Table, unit: Unit, write: Write, reject: Reject) -> TableFact:  # noqa: ARG002
        tally = Tally()
        pass_on(self._lines(), write, tally)
        return tally.fact(table.address)

    def fact(self, table: Table, unit: Unit, reject: Reject) -> TableFact:
        return self.send(table, unit, nowhere, reject)

    def sample(self, table: Table, rows: int) -> Sequence[bytes]:  # noqa: ARG002
        return [line for line, _ in zip(self._lines(), range(rows), strict=False)]

    def ask(self, check: Check) -> Answer:
        return Answer(check.name, fault="a REST API answers no SQL")

    def _lines(self) -> Iterator[bytes]:
        columns = [(name, writer(type_)) for name, type_ in self.taken.columns]
        for item in self.exports.items(self.taken):
            cells = ((item.get(name), write) for name, write in columns)
            yield "\t".join(NULL if value is None else escaped(write(value)) for value, write in cells).encode()
