"""How the target keeps up: both ends of the replication, read at one moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sunset.database.postgres.replication.bounds import CAUGHT_UP_BYTES
from sunset.database.postgres.replication.slot import SlotState
from sunset.database.postgres.replication.subscription import SubscriptionState


@dataclass(frozen=True, slots=True)
class Following:
    """The state of slot and subscription."""

    slot: SlotState
    subscription: SubscriptionState

    @property
    def caught_up(self) -> bool:
        """Whether the rest can be drained in about a second."""
        return self.subscription.enabled and self.subscription.working and self.slot.behind <= CAUGHT_UP_BYTES

    def to_json(self) -> dict[str, Any]:
        return {"caught_up": self.caught_up, **asdict(self.slot), **asdict(self.subscription)}

    def __str__(self) -> str:
        seconds = "" if self.slot.seconds is None else f", {self.slot.seconds:.1f} s"
        safe = "" if self.slot.safe is None else f", {self.slot.safe / 2**20:,.0f} MiB left until it is lost"
        conflicts = "".join(f", {kind} {count}" for kind, count in self.subscription.conflicts.items())
        return (
            f"{self.slot.behind / 2**20:,.2f} MiB{seconds} behind; the slot holds back "
            f"{self.slot.retained / 2**20:,.1f} MiB of log{safe}; "
            f"the apply broke off {self.subscription.errors} times{conflicts}"
        )
