"""How many different people have to approve at each gate of an execution."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sunset.spec.base import Model

Persons = Annotated[int, Field(ge=1, le=9)]


class Gates(Model):
    """The number of different approvers at each gate."""

    decide: Persons = Field(default=1, description="For scope, reason, risks and dates, before anything else.")
    approve: Persons = Field(default=1, description="For go or no-go, before the freeze.")
    accept: Persons = Field(default=1, description="For the migrated data, before the cutover.")

    @property
    def most(self) -> int:
        """How many different people an execution needs."""
        return max(self.decide, self.approve, self.accept)
