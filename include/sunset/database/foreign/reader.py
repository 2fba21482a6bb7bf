"""What an engine for a foreign source has to know of its dialect; the rest is the same for all of them.

Whatever a driver raises, a dialect gives Sunset's classes: `Unavailable` where a later try may succeed, else `Refusal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sunset.database.foreign.model import Schema, Table
from sunset.engine import Finding, Frozen, Unit
from sunset.validation.facts import TableFact
from sunset.validation.readings import Answer, Check


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that the target's types cannot hold.

    Attributes:
        key: values of the table's key (`Table.key`) as text; empty where it has none.
        column: the first column that does not fit.
        reason: why, without the value.
        row: the whole row as JSON text, bytes and all: what is kept of it.
    """

    key: tuple[str, ...]
    column: str
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """Rows of one column that the target's types cannot hold, for one reason.

    Attributes:
        table: address of the table.
        column, reason: as in `BadRow`.
        rows: number of them.
        key: the key of one of them.
    """

    table: str
    column: str
    reason: str
    rows: int
    key: tuple[str, ...]


Write = Callable[[bytes], None]
Reject = Callable[[BadRow], None]


class Reader(Protocol):
    """One session on the source, inside the snapshot that it was opened in."""

    def send(self, table: Table, unit: Unit, write: Write, reject: Reject) -> TableFact:
        """Write the rows of a unit as lines of COPY's text format, in UTF-8, over `table.stored`.

        A row's canonical text is its line, without the newline. Memory stays bounded: rows are streamed, and what is
        written at once may be any number of whole lines. A row that the target's types cannot hold goes to `reject`
        instead, which raises where none is allowed.

        Returns:
            Number of lines and their order-free checksum: the two halves of each line's MD5, summed modulo 2^64 each.
        """

    def fact(self, table: Table, unit: Unit, reject: Reject) -> TableFact:
        """The same count and checksum, without moving the rows where the source can compute it by itself.

        Rows that the target's types cannot hold go to `reject` here too.
        """

    def sample(self, table: Table, rows: int) -> Sequence[bytes]:
        """The lines of some rows that the target can hold: so many, or all that there are."""

    def ask(self, check: Check) -> Answer:
        """The source's answer to a check of the spec, digested by `answers.answer`; or its fault."""


class Dialect(Protocol):
    """A kind of source database."""

    @property
    def place(self) -> str:
        """Where the source is, for people: no secret."""

    def schema(self) -> Schema:
        """Everything in the source, tables with the PostgreSQL types that take them."""

    def units(self, tables: Sequence[Table]) -> Sequence[Unit]:
        """The units of these tables, largest first; a large table is cut into ranges of its key where it can be."""

    def snapshot(self, readers: int) -> AbstractContextManager[Sequence[Reader]]:
        """At most so many readers on one consistent state of the source; at least one."""

    def findings(self, schema: Schema) -> Sequence[Finding]:
        """The preflight of the source itself: privileges, versions and the like."""

    def misfits(self, tables: Sequence[Table]) -> Sequence[Misfit]:
        """What of these tables the target's types cannot hold: what `Reader.send` would reject."""

    def orphans(self, tables: Sequence[Table]) -> Mapping[tuple[str, str], int]:
        """Rows that break a foreign key of these tables, by the table's address and the key's name; no zeros."""

    def last_writes(self, tables: Sequence[Table]) -> Mapping[str, str]:
        """Instants (ISO 8601, UTC) after which nobody wrote to a table, by its address, where the source knows one."""

    def freeze(self) -> Frozen:
        """Make the source read-only, and prove it by a write that fails.

        Raises:
            Refusal: it cannot be proven.
        """

    def prove_frozen(self) -> None:
        """Try a write once more.

        Raises:
            Refusal: the source can be written to, or was.
        """

    def thaw(self) -> None:
        """Let the source be written to again."""
