"""The dates of the retirement, in their order."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field, ValidationInfo, field_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import Day, Moment


class Timeline(Model):
    """The dates of the retirement. Instants are kept in UTC."""

    announce: Day | None = Field(default=None, description="When the retirement is announced.")
    freeze: Moment = Field(description="From when on the product is read-only; `execute` waits for it.")
    cutover: Moment = Field(description="When users are switched over.")
    support_ends: Day | None = Field(default=None, description="When the product's own support ends.")
    retain_until: Day = Field(description="Until when the archive has to be kept.")

    @field_validator("freeze")
    @classmethod
    def _freeze_after_announcement(cls, freeze: datetime, info: ValidationInfo) -> datetime:
        announce = info.data.get("announce")
        if announce is not None and freeze.date() < announce:
            raise complaint("must not be before announce")
        return freeze

    @field_validator("cutover")
    @classmethod
    def _cutover_after_freeze(cls, cutover: datetime, info: ValidationInfo) -> datetime:
        freeze = info.data.get("freeze")
        if freeze is not None and cutover <= freeze:
            raise complaint("must be after freeze")
        return cutover

    @field_validator("retain_until")
    @classmethod
    def _kept_beyond_cutover(cls, retain_until: date, info: ValidationInfo) -> date:
        cutover = info.data.get("cutover")
        if cutover is not None and retain_until <= cutover.date():
            raise complaint("must be after cutover")
        return retain_until
