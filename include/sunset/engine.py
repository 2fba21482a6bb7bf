"""What every kind of source answers. Stages ask these questions and never the kind.

A new kind of source is a new folder beside `database/`, with a class that has these methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from sunset.validation.facts import Facts, TableFact

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing found in a source.

    Attributes:
        source: name of the source in the spec.
        kind: table, partition, view, matview, sequence, function, type, extension, large object, ...
        namespace: schema, folder or endpoint that holds it.
        name: its own name, exactly as the source spells it.
        address: namespace and name in the engine's own quoting: unambiguous, and the same in facts and units.
        rows: number of rows where the engine knows, an estimate at discovery; None where rows make no sense.
        bytes: size on disk in bytes, indexes included; None where unknown.
        comment: the source's own comment on it.
    """

    source: str
    kind: str
    namespace: str
    name: str
    address: str
    rows: int | None = None
    bytes: int | None = None
    comment: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the preflight. A finding of severity `error` stops the run before anything is written."""

    severity: Severity
    code: str
    subject: str
    message: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that is copied, checkpointed and retried as one: a table or a range of it.

    Attributes:
        name: unique in the source; a table's quoted name, with `[i/n]` behind it for a range.
        table: quoted, schema-qualified name of the table.
        rows: estimated number of rows.
        bytes: estimated size in bytes.
        where: SQL condition of the range, made by the engine; None for the whole table.
    """

    name: str
    table: str
    rows: int
    bytes: int
    where: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Pack:
    """The units of one task. `label` is what the task is called in Airflow's UI."""

    label: str
    units: tuple[Unit, ...]

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "units": [unit.to_json() for unit in self.units]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Pack:
        return cls(label=data["label"], units=tuple(Unit(**unit) for unit in data["units"]))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one unit: the source's facts on the copied snapshot, and what the copy took."""

    unit: str
    fact: TableFact
    bytes: int
    seconds: float
    resumed: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """State of a running copy; `report` callbacks get one at most every ten seconds and one at the end."""

    unit: str
    rows: int
    bytes: int
    seconds: float
    total_bytes: int

    def __str__(self) -> str:
        rate = self.bytes / self.seconds if self.seconds else 0.0
        left = max(self.total_bytes - self.bytes, 0) / rate if rate else 0.0
        return (
            f"{self.unit}: {self.rows:,} rows, {self.bytes / 2**20:,.1f} MiB, "
            f"{rate / 2**20:,.1f} MiB/s, about {left:,.0f} s left"
        )


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished dump: files below `folder`, and the facts of the snapshot it was taken on."""

    folder: Path
    tool: str
    facts: Facts


class Engine(Protocol):
    """The questions of the stages. Every method may be called again after a kill and gives the same result."""

    def discover(self) -> Sequence[Asset]:
        """Every asset of the source, sorted by kind and name."""

    def assess(self) -> Sequence[Finding]:
        """Preflight of source, target and sandbox; writes nothing."""

    def units(self, tables: Sequence[str]) -> Sequence[Unit]:
        """The units of the given tables, largest first."""

    def copy(self, pack: Pack, report: Report) -> Sequence[Receipt]:
        """Copy a pack's units to the target, each in one transaction with its checkpoint.

        Raises:
            Locked: another task is at work on one of the units.
            Unavailable: a server went away; finished units stay finished.
        """

    def facts(self) -> Facts:
        """The target's facts, measured now."""

    def back_up(self, folder: Path, report: Report) -> Backup:
        """Dump the source into an empty folder, with facts of the very snapshot that is dumped."""
