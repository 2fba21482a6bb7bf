"""What a validation found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sunset.validation.compare import Difference
from sunset.validation.rows import RowDifferences

SUMMARY_BYTES = 40 * 1024
"""What a summary may take as JSON: XCom's 48 KiB less room for what the task adds."""


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """One expectation that did not hold: a subject and a short sentence without row values."""

    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}"


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much was looked at. A zero where something was expected is a failure by itself.

    Attributes:
        evaluated: expectations that were evaluated.
        passed: expectations that held.
        tables: tables of the catalogue that have facts on both sides.
        rows: rows of the source's facts.
        checksums_equal: tables whose checksums are equal.
        sequences: sequences compared.
        objects: objects compared.
        rules: rules of the target's catalogue measured: row counts, keys, NOT NULL, foreign keys, checks.
        checks: the spec's checks answered on both sides.
        sampled: rows read back by key on both sides.
        quarantined: rows that no type of the target holds: counted and compared in its quarantine.
    """

    evaluated: int
    passed: int
    tables: int
    rows: int
    checksums_equal: int
    sequences: int
    objects: int
    rules: int
    checks: int
    sampled: int
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """The verdict and what it rests on.

    Attributes:
        name: the source's name in the spec.
        success: true only if nothing differs and every expectation was evaluated and held.
        statistics: how much was looked at.
        differences: facts that differ, sorted.
        narrowed: the rows that differ, one entry a table.
        failures: expectations that did not hold, sorted.
        folder: local folder with `validation.html` and the Data Docs below `data_docs/`.
    """

    name: str
    success: bool
    statistics: Statistics
    differences: tuple[Difference, ...]
    narrowed: tuple[RowDifferences, ...]
    failures: tuple[Failure, ...]
    folder: Path

    def lines(self) -> tuple[str, ...]:
        """One line for each difference and failure, for an error message or a log."""
        return tuple(str(entry) for entry in (*self.differences, *self.failures))

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "folder": str(self.folder)}

    def summary(self) -> dict[str, Any]:
        """Counts, and as many differences and failures as fit below 40 KiB of JSON: for XCom."""
        summary: dict[str, Any] = {
            "name": self.name,
            "success": self.success,
            "statistics": asdict(self.statistics),
            "differences": len(self.differences),
            "differences_by_kind": dict(sorted(Counter(difference.kind for difference in self.differences).items())),
            "failures": len(self.failures),
            "folder": str(self.folder),
        }
        left = SUMMARY_BYTES - len(json.dumps(summary))
        return {**summary, "first": _fitting(self.lines(), left)}


def _fitting(lines: Iterable[str], size: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        size -= len(json.dumps(line)) + 2
        if size < 0:
            break
        kept.append(line)
    return kept
