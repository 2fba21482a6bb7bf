"""Rules that decide what becomes of an asset. The first match wins."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import Line, SourceName, Text

Disposition = Literal["migrate", "archive", "destroy"]


class Match(Model):
    """What a rule applies to: assets for which all given keys hold. At least one key is given."""

    kind: Line | None = Field(default=None, description="Glob over the kind of asset: table, view, sequence, file, ...")
    name: Line | None = Field(default=None, description="Glob over the asset's own name; case counts.")
    namespace: Line | None = Field(
        default=None, alias="schema", description="Glob over the schema or folder that holds it; case counts."
    )
    source: SourceName | None = Field(default=None, description="Name of a source.")
    sensitivity: Line | None = Field(default=None, description="Class found by the assessment, such as personal.")
    older_than_days: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Last change longer ago than that many days."
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
