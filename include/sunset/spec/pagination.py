"""How a REST API hands out its pages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import Line

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class PageNumber(Model):
    """Pages are numbered; an empty page ends the list."""

    kind: Literal["page"]
    param: Line = Field(default="page", description="Query parameter of the page number.")
    start: Annotated[int, Field(ge=0, le=1)] = Field(default=1, description="Number of the first page.")
    size_param: Line | None = Field(default=None, description="Query parameter of the page size.")
    size: Count | None = Field(default=None, description="Items a page.")


class Offset(Model):
    """Pages start at an offset; an empty page ends the list."""

    kind: Literal["offset"]
    param: Line = Field(default="offset", description="Query parameter of the offset.")
    limit_param: Line = Field(default="limit", description="Query parameter of the page size.")
    limit: Count = Field(default=100, description="Items a page.")
    total: Line | None = Field(default=None, description="Dotted path to the number of all items.")


class Cursor(Model):
    """Each page names the cursor of the next one."""

    kind: Literal["cursor"]
    param: Line = Field(description="Query parameter of the cursor.")
    next: Line = Field(description="Dotted path to the next cursor.")
    more: Line | None = Field(default=None, description="Dotted path to a flag that says whether more pages follow.")


class NextUrl(Model):
    """Each page names the address of the next one; other origins are refused."""

    kind: Literal["next_url"]
    next: Line = Field(description="Dotted path to the next address, absolute or relative.")


class LinkHeader(Model):
    """The response header `Link` names the next page as `rel="next"`; other origins are refused."""

    kind: Literal["link_header"]


Pagination = Annotated[PageNumber | Offset | Cursor | NextUrl | LinkHeader, Field(discriminator="kind")]
