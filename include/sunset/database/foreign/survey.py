"""Looks at every table of a foreign source, for the catalogue: use, integrity, and a sample of its rows."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sunset.catalogue.sensitivity.model import ColumnSample, Family
from sunset.catalogue.survey import Limits, Particulars, Remark, Surveyed
from sunset.database.foreign.facts import whole
from sunset.database.foreign.lines import NULL, nowhere
from sunset.database.foreign.model import Form, Schema, Table
from sunset.database.foreign.reader import Dialect, Reader
from sunset.errors import Refusal

_FAMILIES: dict[Form, Family] = {
    "integer": "number",
    "decimal": "number",
    "float": "number",
    "boolean": "boolean",
    "text": "text",
    "json": "document",
    "date": "date",
    "time": "date",
    "timestamp": "date",
}
_ESCAPE = re.compile(r"\\(.)")
_PLAIN = {"t": "\t", "n": "\n", "r": "\r"}


def survey(dialect: Dialect, schema: Schema, limits: Limits) -> Iterator[Surveyed]:
    """Look at every table of a source. One sample is in memory at a time.

    What is wrong is counted in tables that may be read whole; NULLs and doubles among the rows of the sample.
    """
    small = [table for table in schema.tables if (table.bytes or 0) <= limits.whole_bytes]
    orphans, written = dialect.orphans(small), dialect.last_writes(schema.tables)
    referrers = _referrers(schema.tables)
    until = time.monotonic() + limits.seconds
    with dialect.snapshot(1) as readers:
        twins = _same_content(readers[0], small, until)
        for table in schema.tables:
            particulars = Particulars(last_write=written.get(table.address), referred_by=referrers[table.address])
            lines, unseen = _lines(readers[0], table, limits, until)
            rows = [[_value(cell, limits.characters) for cell in line.split("\t")] for line in lines]
            remarks = (
                *_orphans(table, orphans),
                *twins.get(table.address, ()),
                *_keys(table, rows),
                *_doubles(table, lines),
            )
            yield Surveyed(table.address, particulars, remarks, _columns(table, rows), len(rows), unseen)


def _lines(reader: Reader, table: Table, limits: Limits, until: float) -> tuple[list[str], str]:
    if time.monotonic() > until:
        return [], f"the time for samples, {limits.seconds:.0f} s, was over."
    try:
        return [line.decode("utf-8", "replace") for line in reader.sample(table, limits.rows)], ""
    except Refusal as refused:
        return [], f"the source refuses to read it: {refused.what}"


def _columns(table: Table, rows: Sequence[Sequence[str | None]]) -> tuple[ColumnSample, ...]:
    return tuple(
        ColumnSample(column.name, _FAMILIES.get(column.form, "other"), [row[place] for row in rows])
        for place, column in enumerate(table.stored)
    )


def _value(cell: str, characters: int) -> str | None:
    """A value out of a line of COPY, cut."""
    if cell == NULL:
        return None
    return _ESCAPE.sub(lambda match: _PLAIN.get(match[1], match[1]), cell[: 2 * characters])[:characters]


def _referrers(tables: Sequence[Table]) -> Counter[str]:
    addresses = {(table.namespace, table.name): table.address for table in tables}
    pairs = {
        (addresses[key.parent], table.address)
        for table in tables
        for key in table.foreign_keys
        if key.parent in addresses and addresses[key.parent] != table.address
    }
    return Counter(parent for parent, _ in pairs)


def _orphans(table: Table, orphans: Mapping[tuple[str, str], int]) -> Iterator[Remark]:
    for key in table.foreign_keys:
        if broken := orphans.get((table.address, key.name), 0):
            yield Remark("orphans", f"foreign key {key.name!r}: {broken} rows refer to none.", broken)


def _keys(table: Table, rows: Sequence[Sequence[str | None]]) -> Iterator[Remark]:
    places = {column.name: place for place, column in enumerate(table.stored)}
    for index in table.indexes:
        columns = [places[name] for name in index.columns if name in places]
        nulls = sum(any(row[place] is None for place in columns) for row in rows)
        if index.unique and nulls:
            message = f"{nulls} of the {len(rows)} rows looked at have NULL in the key {index.name!r}."
            yield Remark("null_in_key", message, nulls)


def _doubles(table: Table, lines: Sequence[str]) -> Iterator[Remark]:
    if table.key:
        return
    yield Remark("no_key", "has no key: no row can be told from another that is equal.")
    if doubles := len(lines) - len(set(lines)):
        yield Remark("doubles", f"{doubles} of the {len(lines)} rows looked at are equal to another one.", doubles)


def _same_content(reader: Reader, tables: Sequence[Table], until: float) -> Mapping[str, list[Remark]]:
    """Tables that hold the very rows of another one; only tables of the same columns are compared."""
    alike: dict[tuple[tuple[str, str], ...], list[Table]] = defaultdict(list)
    for table in tables:
        alike[tuple((column.name, column.type) for column in table.stored)].append(table)
    found: dict[str, list[Remark]] = {}
    for group in (group for group in alike.values() if len(group) > 1):
        first: dict[tuple[int, str], str] = {}
        for table in group:
            if time.monotonic() > until:
                return found
            fact = reader.fact(table, whole(table), nowhere)
            other = first.setdefault((fact.rows, fact.checksum), table.address)
            if fact.rows and other != table.address:
                found[table.address] = [Remark("same_content", f"holds the very rows of {other}.", fact.rows)]
    return found
