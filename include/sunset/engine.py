"""What every kind of source answers. Stages ask these questions and never the kind.

A new kind of source is a new folder beside `database/`, with a class that has these methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sunset.validation.facts import Facts, ObjectFact, SequenceFact, TableFact
from sunset.validation.readings import Answer, Check, Readings

if TYPE_CHECKING:
    from sunset.catalogue.survey import Limits, Particulars, Surveyed
    from sunset.database.postgres.endpoint import Endpoint
    from sunset.validation.sides import Sides

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
        not_carried: why it stays behind, whatever the rules say; empty for all that can be carried.
    """

    source: str
    kind: str
    namespace: str
    name: str
    address: str
    rows: int | None = None
    bytes: int | None = None
    comment: str | None = None
    not_carried: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the preflight. A finding of severity `error` stops the run before anything is written.

    Attributes:
        severity: `error`, `warning` or `info`.
        code: one word for findings of this kind.
        subject: what it is about, quoted as the database quotes it.
        message: one sentence, without row values.
        remedy: what to do about it; empty where there is nothing to do.
        seconds: how long work is estimated to take; None in a finding that is no estimate.
    """

    severity: Severity
    code: str
    subject: str
    message: str
    remedy: str = ""
    seconds: float | None = None

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
    """State of a running copy; `report` callbacks get one at most every ten seconds and one at the end.

    Attributes:
        unit: what is copied: a database, or one unit of it.
        rows, bytes: what has passed.
        seconds: since it was begun.
        total_bytes: what will have passed at the end, as far as can be told.
        parts: the units that are being copied right now.
    """

    unit: str
    rows: int
    bytes: int
    seconds: float
    total_bytes: int
    parts: tuple[Progress, ...] = ()

    @property
    def bytes_per_second(self) -> float:
        return self.bytes / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        """At the rate up to now; 0 while there is none."""
        left = max(self.total_bytes - self.bytes, 0)
        return left / self.bytes_per_second if self.bytes_per_second else 0.0

    def __str__(self) -> str:
        line = (
            f"{self.unit}: {self.rows:,} rows, {self.bytes / 2**20:,.1f} MiB, "
            f"{self.bytes_per_second / 2**20:,.1f} MiB/s, about {self.seconds_left:,.0f} s left"
        )
        return "; ".join((line, *map(str, self.parts)))

    def to_json(self) -> dict[str, Any]:
        """The figures, with those that follow from them."""
        own = {"unit": self.unit, "rows": self.rows, "bytes": self.bytes, "seconds": round(self.seconds, 1)}
        rate = {"bytes_per_second": round(self.bytes_per_second), "seconds_left": round(self.seconds_left, 1)}
        return {**own, **rate, "total_bytes": self.total_bytes, "parts": [part.to_json() for part in self.parts]}


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished dump: files below `folder`, and the facts of the snapshot it was taken on."""

    folder: Path
    tool: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Frozen:
    """A source that stands still: since which log position, and how many sessions were ended for it."""

    position: str
    ended_sessions: int


class Engine(Protocol):
    """The questions of the stages to one database. Every method may be called again after a kill, with one result.

    Attributes:
        name: name of the source in the spec.
        target: the PostgreSQL database that takes the data.
    """

    @property
    def name(self) -> str: ...

    @property
    def place(self) -> str:
        """Where the source is, for people: no secret."""

    @property
    def target(self) -> Endpoint: ...

    def discover(self) -> Sequence[Asset]:
        """Every asset of the source, sorted by kind and name."""

    def survey(self, limits: Limits) -> Iterator[Surveyed]:
        """What is known of the assets beyond their names, and a bounded sample of their rows, one asset at a time.

        Assets of which nothing more is known may be missing. What cannot be read says so instead of failing.
        """

    def particulars(self) -> Mapping[str, Particulars]:
        """What is known of the assets now, by address, without looking into them."""

    def assess(self) -> Sequence[Finding]:
        """Preflight of source, target and sandbox; writes nothing."""

    def exposed(self) -> Sequence[Finding]:
        """What is open on the source to others, by name: grants, owners, secrets in plain text, lines without TLS."""

    def faulty(self, checks: Sequence[Check]) -> Sequence[Answer]:
        """Those of the spec's checks that the source cannot answer, each with its fault."""

    def tables(self) -> Sequence[str]:
        """Addresses of the tables to copy."""

    def in_sandbox(self) -> Engine:
        """The same engine with this run's sandbox database as its target."""

    def open_sandbox(self) -> None:
        """Make this run's sandbox database, empty."""

    def close_sandbox(self) -> None:
        """Drop this run's sandbox database, if it is there."""

    def dump_schema(self, folder: Path) -> None:
        """Write the source's schema into a folder, as `prepare` and `complete` read it."""

    def prepare(self, folder: Path) -> None:
        """Make the tables on the target: once, whole or not at all.

        Raises:
            Refusal: the target holds tables of these names that are not this run's.
        """

    def units(self, tables: Sequence[str]) -> Sequence[Unit]:
        """The units of the given tables, largest first."""

    def copy(self, pack: Pack, report: Report) -> Sequence[Receipt]:
        """Copy a pack's units from a source that stands still, each in one transaction with its checkpoint.

        Raises:
            Locked: another task is at work on one of the units.
            Unavailable: a server went away; finished units stay finished.
        """

    def copy_moving(
        self, pack: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[Sequence[Receipt], Readings]:
        """Copy all units from a source that is still written to, with readings of the very snapshot.

        A copy that was broken off starts anew.
        """

    def complete(self, folder: Path) -> tuple[SequenceFact, ...]:
        """After the rows: indexes, keys, sequences; once, whole or not at all. Returns the sequences it set."""

    def forget(self) -> None:
        """Take the checkpoint off the target: the copy is accepted and will not be continued."""

    def facts(self) -> Facts:
        """The target's facts, measured now."""

    def source_facts(self) -> Facts:
        """The source's facts, measured now on one snapshot."""

    def source_objects(self) -> tuple[ObjectFact, ...]:
        """What the target's objects have to be."""

    def sides(self) -> Sides:
        """Both sides, for a validation that reads them again."""

    def back_up(self, folder: Path, report: Report) -> Backup:
        """Dump the source into an empty folder, with facts of the very snapshot that is dumped."""

    def restore(self, folder: Path) -> Facts:
        """Restore a dump into a scratch database, measure it, and drop the database."""

    def export(self, folder: Path, left_out: Sequence[str]) -> None:
        """Every table as Parquet and the schema as SQL, for readers that do not have this database.

        Args:
            folder: gets `schema.sql` and `tables/`.
            left_out: addresses of the tables that are not kept.
        """

    def freeze(self) -> Frozen:
        """Make the source read-only, and prove it by a write that fails."""

    def prove_frozen(self) -> None:
        """Try a write once more.

        Raises:
            Refusal: the source can be written to.
        """

    def thaw(self) -> None:
        """Let the source be written to again."""

    def locked(self, work: str) -> AbstractContextManager[None]:
        """Hold the lock of one piece of work on this source; it names its owner to whoever comes second."""
