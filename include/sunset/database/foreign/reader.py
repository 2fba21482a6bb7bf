"""What an engine for a foreign source has to know of its dialect; the rest is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sunset.database.foreign.model import Schema, Table
from sunset.engine import Finding, Unit
from sunset.validation.facts import TableFact


class Reader(Protocol):
    """One session on the source, inside the snapshot that it was opened in."""

    def send(self, table: Table, unit: Unit, write: Callable[[bytes], None]) -> TableFact:
        """Write the rows of a unit as lines of COPY's text format, in UTF-8, over all columns that are not generated.

        A row's canonical text is its line. Memory stays bounded: rows are streamed.

        Returns:
            Number of rows and order-free checksum of the lines: the two halves of each line's MD5, summed
            modulo 2^64 each.
        """

    def fact(self, table: Table, unit: Unit) -> TableFact:
        """The same count and checksum, without moving the rows where the source can compute it by itself."""


class Dialect(Protocol):
    """A kind of source database."""

    def schema(self) -> Schema:
        """Everything in the source, tables with the PostgreSQL types that take them."""

    def units(self, tables: Sequence[Table]) -> Sequence[Unit]:
        """The units of these tables, largest first; a large table is cut into ranges of its key where it can be."""

    def snapshot(self, readers: int) -> AbstractContextManager[Sequence[Reader]]:
        """So many readers on one consistent state of the source."""

    def findings(self, schema: Schema) -> Sequence[Finding]:
        """The preflight of the source itself: privileges, values that no target type can hold, and the like."""
