"""The two sides of a copy, as a validation reads them again: what only the source's engine knows how to ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sunset.validation.readings import Check, Readings, Sample
from sunset.validation.rows import RowDifferences


class Sides(Protocol):
    """Source and target of one copy. Nothing is kept open between two calls."""

    @property
    def place(self) -> str:
        """Where the source is, for people."""

    def read_source(self, checks: Sequence[Check], tables: Sequence[str], rows: int) -> Readings:
        """The source's readings, taken now.

        Args:
            checks: the spec's checks of this source.
            tables: quoted names of the tables to sample; those without a key are left out.
            rows: number of rows to sample of each.
        """

    def read_target(self, checks: Sequence[Check], samples: Sequence[Sample], rows: int) -> Readings:
        """The target's readings: the same checks, and samples of the same tables by the source's keys."""

    def narrow(self, table: str) -> RowDifferences | None:
        """The rows of a table that are not the same on both sides; None where they cannot be held side by side."""
