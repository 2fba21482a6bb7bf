"""When a run raises an alarm before it fails, and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import ConnId, Duration, Email, Percent

_SHORTEST = timedelta(minutes=1)


def _at_least_a_minute(after: timedelta) -> timedelta:
    """Copies report every ten seconds: a limit near that would take every pause for a standstill."""
    if after < _SHORTEST:
        raise complaint("must be at least 1m")
    return after


def _without_jinja(conn_id: str) -> str:
    if "{{" in conn_id:
        raise complaint("must be a connection's own id: alarms come also when there is no run to take params from")
    return conn_id


class AlarmChannel(Model):
    """One way on which alarms go out."""

    channel: Literal["email", "slack", "webhook"] = Field(description="How the alarm is sent.")
    conn_id: Annotated[ConnId, AfterValidator(_without_jinja)] = Field(
        description="Airflow connection of the mail server or the web hook."
    )
    to: tuple[Email, ...] = Field(default=(), description="Addresses; for channel email, the operators' when left out.")

    @model_validator(mode="after")
    def _addresses_for_mail(self) -> Self:
        if self.to and self.channel != "email":
            raise complaint("has addresses, which are for channel email alone")
        return self


class Alarms(Model):
    """Limits that raise an alarm when a run crosses them, and the ways it goes. Every alarm is on record besides."""

    stalled_after: Annotated[Duration, AfterValidator(_at_least_a_minute)] | None = Field(
        default=None, description="A transfer that moves nothing for that long is stalled; at least 1m."
    )
    error_rate: Percent | None = Field(
        default=None, description="Share of the units of a copy that may fail before it is an alarm."
    )
    deadline_margin: Duration | None = Field(
        default=None,
        description="How long before freeze, cutover and end of retention it is looked whether all is ready.",
    )
    channels: tuple[AlarmChannel, ...] = Field(default=(), description="Where alarms go besides the record.")
