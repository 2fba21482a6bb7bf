"""How often the retirement is rehearsed, and how many clean rounds an execution asks for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Cron, Zone


class Rehearsal(Model):
    """The scheduled rounds. A schedule never executes."""

    schedule: Cron | None = Field(default=None, description="When rounds start; none when left out.")
    timezone: Zone = Field(default="UTC", description="Time zone of the schedule.")
    mode: Literal["dry_run", "rehearse"] = Field(default="rehearse", description="Mode of the scheduled runs.")
    clean_rounds_required: Annotated[int, Field(ge=1, le=100)] = Field(
        default=3, description="Consecutive clean rounds of the same spec that `execute` asks for."
    )
