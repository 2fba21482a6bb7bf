"""Why the product is retired, what that covers and what could go wrong."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Line, Text, UserId

Level = Literal["low", "medium", "high"]


class Scope(Model):
    """What the retirement covers, in the business's words."""

    included: tuple[Line, ...] = Field(default=(), description="Data and functions that are covered.")
    excluded: tuple[Line, ...] = Field(default=(), description="What is left out on purpose.")


class Risk(Model):
    """One thing that could go wrong, and who answers for it."""

    risk: Text = Field(description="What could happen.")
    likelihood: Level = Field(description="How likely it is.")
    impact: Level = Field(description="How bad it would be.")
    mitigation: Text = Field(description="What is done about it.")
    owner: UserId = Field(description="Who answers for it: a key of `people`.")


class Decision(Model):
    """The decision that the sponsors took."""

    team: Line | None = Field(
        default=None, description="Team that carries it out; what it learns shows in the plans of all its products."
    )
    reason: Text = Field(description="Why the product is retired.")
    replaced_by: Line | None = Field(default=None, description="What users turn to afterwards.")
    scope: Scope = Field(default=Scope(), description="What the retirement covers.")
    risks: tuple[Risk, ...] = Field(default=(), description="What could go wrong; weighed at the first gate.")
