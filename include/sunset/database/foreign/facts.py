"""Facts of a foreign source: every table, on one snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from sunset.database.foreign.model import Table
from sunset.database.foreign.quarantine import Bucket
from sunset.database.foreign.reader import Reader
from sunset.database.spread import spread
from sunset.engine import Unit
from sunset.validation.facts import TableFact


def whole(table: Table) -> Unit:
    """The unit that is a whole table."""
    return Unit(table.address, table.address, table.rows or 0, table.bytes or 0)


def measure_tables(readers: Sequence[Reader], tables: Sequence[Table], allowed: int) -> tuple[TableFact, ...]:
    """Facts of these tables, rows that go into quarantine included.

    Raises:
        Refusal: a table has more of these than `allowed`.
    """

    def measure(reader: Reader, table: Table) -> TableFact:
        bucket = Bucket(table, allowed)
        return bucket.fact(reader.fact(table, whole(table), bucket.reject))

    return tuple(spread(readers, tables, measure))
