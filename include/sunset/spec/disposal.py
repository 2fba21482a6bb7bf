"""When what the product leaves behind may be destroyed, and what keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Day, Duration, Line
from sunset.spec.places import Place


class Disposal(Model):
    """The end of the sources. The archive's end is `timeline.retain_until`."""

    sources_from: Day | None = Field(
        default=None, description="First day on which sources may be destroyed; they never are while this is left out."
    )
    hold: Line | None = Field(
        default=None, description="Reason of a legal hold: while it stands here, nothing of the product is destroyed."
    )


class Archive(Place):
    """Where the bags are kept, and how they are kept whole."""

    lock: Literal["governance", "compliance"] = Field(
        default="governance", description="Mode of the object lock, where the bucket has one."
    )
    fixity_every: Duration = Field(
        default=timedelta(days=30), description="How often `sunset_watch` reads every byte of a bag again."
    )
