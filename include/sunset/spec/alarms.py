"""When a run raises an alarm before it fails."""

from __future__ import annotations

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Duration, Percent


class Alarms(Model):
    """Limits that raise an alarm when a run crosses them."""

    stalled_after: Duration | None = Field(default=None, description="No progress for that long.")
    error_rate: Percent | None = Field(default=None, description="Share of units that failed.")
    deadline_margin: Duration | None = Field(default=None, description="Time that has to be left before a deadline.")
