"""Where a copy goes and how its units are packed: all that sets a rehearsal apart from the migration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sunset.database.packing import pack

if TYPE_CHECKING:
    from sunset.engine import Engine, Pack, Receipt, Report, Unit
    from sunset.validation.readings import Check, Readings

TASK_BYTES = 512 * 2**20
FEWEST_TASKS, MOST_TASKS = 8, 64


class Destination(Protocol):
    """A place to copy to. `stage` names the stage's folder in the dossier."""

    @property
    def stage(self) -> str: ...

    def engine(self, engine: Engine) -> Engine: ...

    def packs(self, units: Sequence[Unit]) -> tuple[Pack, ...]: ...

    def copy(
        self, engine: Engine, units: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[Sequence[Receipt], Readings | None]: ...


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A database for one rehearsal. The source is still written to, so one task copies it on one snapshot."""

    stage: str = "rehearse"

    def engine(self, engine: Engine) -> Engine:
        return engine.in_sandbox()

    def packs(self, units: Sequence[Unit]) -> tuple[Pack, ...]:
        return pack(units, 1)

    def copy(
        self, engine: Engine, units: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[Sequence[Receipt], Readings | None]:
        return engine.copy_moving(units, report, checks, tables)


@dataclass(frozen=True, slots=True)
class Target:
    """The target itself. The source stands still, so its units are spread over tasks and a retry resumes."""

    stage: str = "migrate"

    def engine(self, engine: Engine) -> Engine:
        return engine

    def packs(self, units: Sequence[Unit]) -> tuple[Pack, ...]:
        wanted = sum(unit.bytes for unit in units) // TASK_BYTES
        return pack(units, min(max(wanted, FEWEST_TASKS), MOST_TASKS))

    def copy(
        self, engine: Engine, units: Pack, report: Report, checks: Sequence[Check], tables: Sequence[str]
    ) -> tuple[Sequence[Receipt], Readings | None]:
        return engine.copy(units, report), None
