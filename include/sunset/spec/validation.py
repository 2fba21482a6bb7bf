"""The product's own checks, on top of those that every table gets."""

from __future__ import annotations

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Line, Number, SourceName, Text


class Check(Model):
    """A query whose result has to be the same on source and target."""

    name: Line = Field(description="What is checked.")
    source: SourceName = Field(description="Name of a source under `sources.databases`.")
    sql: Text = Field(description="Query that returns one row; it runs read-only on both sides.")
    target_sql: Text | None = Field(
        default=None, description="The query for the target, where the source is no PostgreSQL and speaks differently."
    )
    expect: Number | None = Field(
        default=None, description="The one number that both sides have to answer, where being equal is not enough."
    )


class Validation(Model):
    """What validation looks at beyond counts, checksums and definitions."""

    checks: tuple[Check, ...] = Field(default=(), description="Queries to compare.")
