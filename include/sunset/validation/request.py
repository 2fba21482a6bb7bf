"""What is asked of a validation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sunset.database.postgres.endpoint import Endpoint
from sunset.validation.facts import Facts
from sunset.validation.readings import SAMPLE_ROWS, Check, Readings
from sunset.validation.sides import Sides


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """One comparison of a source with its target.

    Attributes:
        name: what the report calls it: the source's name in the spec.
        source_facts: facts of the snapshot that was copied.
        target_facts: facts of the target, measured after its last change.
        expected_tables: quoted names of the tables that the catalogue says were copied; the facts must cover them.
        sides: where both sides are read again: to narrow a difference down to rows, to sample, to ask the checks.
        target: the database under validation.
        folder: an empty or absent local folder, for the report and the Data Docs.
        checks: the spec's own checks of this source.
        source_readings: answers and sample taken on the copied snapshot (`take_readings`). None reads the source
            now, which is right only while nobody writes to it.
        sample_rows: how many rows of each table are read back by key.
    """

    name: str
    source_facts: Facts
    target_facts: Facts
    expected_tables: tuple[str, ...]
    sides: Sides
    target: Endpoint
    folder: Path
    checks: tuple[Check, ...] = ()
    source_readings: Readings | None = None
    sample_rows: int = SAMPLE_ROWS
