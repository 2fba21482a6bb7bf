"""Who is told, through which channel, how long before the cutover."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import ConnId, Day, Email, Line, Text


class Audience(Model):
    """One group of people that is told."""

    name: Line = Field(description="What the group is called.")
    channel: Literal["email", "webhook"] = Field(description="How it is reached.")
    conn_id: ConnId = Field(description="Airflow connection of the mail server or the web hook.")
    to: tuple[Email, ...] = Field(default=(), validate_default=True, description="Addresses; for channel email.")
    days_before_cutover: tuple[Annotated[int, Field(ge=0, le=3650)], ...] = Field(
        min_length=1, description="How many days before the cutover a notice is sent; one notice for each."
    )

    @field_validator("to")
    @classmethod
    def _addresses_for_mail(cls, to: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("channel") == "email" and not to:
            raise complaint("needs at least one address for channel email")
        return to


class Support(Model):
    """What users can count on after the announcement."""

    until: Day = Field(description="Last day of support.")
    contact: Email = Field(description="Where users turn to.")
    plan: Text = Field(description="What support consists of.")


class Notices(Model):
    """The notice plan."""

    language: Literal["en", "zh"] = Field(default="en", description="Language of the notices.")
    audiences: tuple[Audience, ...] = Field(default=(), description="Who is told.")
    support: Support | None = Field(default=None, description="What users can count on afterwards.")
