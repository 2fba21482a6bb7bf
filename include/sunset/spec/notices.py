"""Who is told, through which channel, how long before the cutover."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import ConnId, Day, Email, Line, Text


class Audience(Model):
    """One group of people that is told."""

    name: Line = Field(description="What the group is called.")
    channel: Literal["email", "slack", "webhook"] = Field(description="How it is reached.")
    conn_id: ConnId = Field(description="Airflow connection of the mail server or the web hook; no Jinja.")
    to: tuple[Email, ...] = Field(default=(), validate_default=True, description="Addresses; for channel email.")
    language: Literal["en", "zh"] | None = Field(default=None, description="Its language, where it is another.")
    days_before_cutover: tuple[Annotated[int, Field(ge=0, le=3650)], ...] = Field(
        min_length=1, description="How many days before the cutover a notice is sent; one notice for each."
    )

    @field_validator("conn_id")
    @classmethod
    def _without_jinja(cls, conn_id: str) -> str:
        if "{{" in conn_id:
            raise complaint("must be a connection's own id: notices go out also when there is no run with params")
        return conn_id

    @field_validator("to")
    @classmethod
    def _addresses_for_mail(cls, to: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("channel") == "email" and not to:
            raise complaint("needs at least one address for channel email")
        if to and info.data.get("channel") != "email":
            raise complaint("has addresses, which are for channel email alone")
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
