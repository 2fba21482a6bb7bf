"""How far a target may fall behind before the run gives up, and how near it has to be for the freeze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sunset.database.postgres.replication.slot import SlotState
from sunset.engine import Progress, Report
from sunset.errors import Refusal

CAUGHT_UP_BYTES = 16 * 2**20
"""Near enough for the freeze: the drain takes about a second for it."""

MOST_ERRORS = 20
"""So often may the apply break off in one run, by restarts of a server for example."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the spec allows.

    Attributes:
        retained_bytes: log that the slot may hold back on the source's disk.
    """

    retained_bytes: int

    def require(self, slot: SlotState, where: str) -> None:
        """Raise before the source's disk is full.

        Raises:
            Refusal: the slot holds back more than is allowed.
        """
        if slot.retained > self.retained_bytes:
            raise Refusal(
                f"the source holds back {slot.retained / 2**20:,.0f} MiB of its log for the target, "
                f"{self.retained_bytes / 2**20:,.0f} MiB are allowed.",
                where=where,
                remedy="Find out what holds the target up, or raise `replication.retained_wal_mb`; start a new run.",
            )


def watching(report: Report, look: Callable[[], object]) -> Report:
    """A report that also looks at the slot: while rows are copied, the source's log grows."""

    def reporting(progress: Progress) -> None:
        report(progress)
        look()

    return reporting
