"""Rules that decide what becomes of an asset. The first match wins."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import Day, Line, SourceName, Text, UserId

Disposition = Literal["migrate", "archive", "destroy"]
Sensitive = Literal["personal", "special", "secret", "none", "unknown"]


class Match(Model):
    """What a rule applies to: assets for which all given keys hold. At least one key is given."""

    kind: Line | None = Field(default=None, description="Glob over the kind of asset: table, view, sequence, file, ...")
    name: Line | None = Field(default=None, description="Glob over the asset's own name; case counts.")
    namespace: Line | None = Field(
        default=None, alias="schema", description="Glob over the schema or folder that holds it; case counts."
    )
    source: SourceName | None = Field(default=None, description="Name of a source.")
    sensitivity: Sensitive | None = Field(
        default=None,
        description="What the catalogue found in it: `personal` data, `special` categories of it, a `secret`; `none` "
        "where it looked and found nothing, `unknown` where it could not look.",
    )
    older_than_days: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Last write longer ago than that many days; what has no known last write does not match.",
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if all(value is None for _, value in self):
            raise complaint("must name at least one key: a rule without one would decide on everything")
        return self


class Rule(Model):
    """One rule, with the reason that stands in the records."""

    match: Match = Field(description="What the rule applies to.")
    do: Disposition = Field(description="What becomes of it.")
    because: Text = Field(description="Why.")
    by: UserId | None = Field(
        default=None, description="The person who decided, a key of `people`; left out for a general rule."
    )
    on: Day | None = Field(default=None, description="Day on which that person decided; goes with `by`.")

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if (self.by is None) != (self.on is None):
            raise complaint("a decision of a person needs both `by` and `on`")
        return self
