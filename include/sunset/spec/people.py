"""Who takes part. The key is the Airflow user id, because gates are assigned to users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sunset.spec.base import Model, complaint
from sunset.spec.forms import Email, Line, UserId

Role = Literal["sponsor", "approver", "steward", "operator"]


class Person(Model):
    """One named person."""

    name: Line = Field(description="Name as it stands in notices and records.")
    email: Email = Field(description="Address for notices and alarms.")
    roles: tuple[Role, ...] = Field(min_length=1, description="What the person answers for; gates ask the approvers.")


def _with_approver(people: Mapping[str, Person]) -> Mapping[str, Person]:
    if not any("approver" in person.roles for person in people.values()):
        raise complaint("need at least one person with the role approver: gates wait for a named person")
    return dict(sorted(people.items()))


People = Annotated[Mapping[UserId, Person], AfterValidator(_with_approver)]
