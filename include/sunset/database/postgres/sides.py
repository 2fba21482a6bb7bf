"""Source and target of a copy between two PostgreSQL databases, read again by a validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sunset.database.postgres import large_objects
from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.narrow import narrow
from sunset.validation.lookup import find_key, find_table_or_none
from sunset.validation.readings import Check, Readings, Sample
from sunset.validation.rows import RowDifferences
from sunset.validation.take import take_readings, take_same_readings


@dataclass(frozen=True, slots=True)
class PostgresSides:
    """What `sunset.validation.sides.Sides` asks, answered by two PostgreSQL databases."""

    source: Endpoint
    target: Endpoint
    application: str

    @property
    def place(self) -> str:
        return str(self.source)

    def read_source(self, checks: Sequence[Check], tables: Sequence[str], rows: int) -> Readings:
        with read_only(self.source, self.application) as source:
            plain = [table for table in tables if table != large_objects.TABLE]
            return take_readings(source, checks, plain, rows)

    def read_target(self, checks: Sequence[Check], samples: Sequence[Sample], rows: int) -> Readings:
        with read_only(self.target, self.application) as target:
            return take_same_readings(target, checks, samples, rows)

    def narrow(self, table: str) -> RowDifferences | None:
        with read_only(self.source, self.application) as source, read_only(self.target, self.application) as target:
            if table == large_objects.TABLE:
                return large_objects.differing(source, target)
            old, new = find_table_or_none(source, table), find_table_or_none(target, table)
            if old is None or new is None or set(old.columns) != set(new.columns):
                return None
            return narrow(source, target, old, find_key(source, table))
