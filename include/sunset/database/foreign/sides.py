"""A foreign source and its copy on PostgreSQL, read again by a validation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.foreign.answers import on_target
from sunset.database.foreign.canonical import StoredTable, stored_tables
from sunset.database.foreign.model import Table
from sunset.database.foreign.narrow import narrow
from sunset.database.foreign.reader import Dialect, Reader
from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.validation.answers import ask
from sunset.validation.readings import SAMPLE_ROWS, Check, Readings, Sample
from sunset.validation.rows import RowDifferences

_SAMPLE = "SELECT k, x FROM (SELECT md5({key}) AS k, md5({line}) AS x FROM ONLY {table}) AS q WHERE k = ANY ({keys})"


@dataclass(frozen=True, slots=True)
class ForeignSides:
    """What `sunset.validation.sides.Sides` asks, answered by a dialect and a PostgreSQL database.

    Attributes:
        source: name of the source in the spec.
        dialect: the source.
        tables: its tables by address.
        target: the database that took them.
        application: what the sessions call themselves.
    """

    source: str
    dialect: Dialect
    tables: Mapping[str, Table]
    target: Endpoint
    application: str

    @property
    def place(self) -> str:
        return self.dialect.place

    def read_source(self, checks: Sequence[Check], tables: Sequence[str], rows: int) -> Readings:
        with self.dialect.snapshot(1) as readers:
            return take_readings(readers[0], checks, [self.tables[table] for table in tables], rows)

    def read_target(self, checks: Sequence[Check], samples: Sequence[Sample], rows: int) -> Readings:  # noqa: ARG002
        with read_only(self.target, self.application) as target:
            stored = self._stored(target)
            here = [sample for sample in samples if sample.table in stored]
            taken = [_same_sample(target, stored[sample.table], sample) for sample in here]
            answers = ask(target, [check.on_target() for check in checks], on_target)
        return Readings(answers, tuple(taken))

    def narrow(self, table: str) -> RowDifferences | None:
        with self.dialect.snapshot(1) as readers, read_only(self.target, self.application) as target:
            stored, known = self._stored(target).get(table), self.tables.get(table)
            if stored is None or known is None:
                return None
            if [name for name, _ in stored.columns] != [column.name for column in known.stored]:
                return None
            return narrow(readers[0], target, known, stored)

    def _stored(self, target: psycopg.Connection) -> dict[str, StoredTable]:
        namespaces = sorted({table.namespace for table in self.tables.values()})
        return {table.address: table for table in stored_tables(target, namespaces)}


def take_readings(
    reader: Reader, checks: Sequence[Check], tables: Sequence[Table], rows: int = SAMPLE_ROWS
) -> Readings:
    """The source's readings: answers to the checks, and a sample of each table that has a key."""
    samples = (_sample(table, reader.sample(table, rows)) for table in tables if table.key)
    return Readings(tuple(reader.ask(check) for check in checks), tuple(samples))


def key_places(table: Table) -> tuple[int, ...]:
    """Where in a line of this table the columns of its key stand; all columns where it has none."""
    names = [column.name for column in table.stored]
    return tuple(names.index(name) for name in table.key) or tuple(range(len(names)))


def _sample(table: Table, lines: Sequence[bytes]) -> Sample:
    places = key_places(table)
    rows = sorted((_md5(b"\t".join(line.split(b"\t")[place] for place in places)), _md5(line)) for line in lines)
    return Sample(table.address, table.key, tuple(rows))


def _same_sample(target: psycopg.Connection, table: StoredTable, sample: Sample) -> Sample:
    """The target's rows of the same keys, found by the hash of the key: no value leaves either database."""
    if not set(sample.key) <= {name for name, _ in table.columns}:
        return Sample(sample.table, sample.key, ())
    query = sql.SQL(_SAMPLE).format(
        key=table.line(sample.key),
        line=table.line(),
        table=table.identifier,
        keys=sql.Literal([key for key, _ in sample.rows]),
    )
    return Sample(sample.table, sample.key, tuple(sorted(target.execute(query).fetchall())))


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()
