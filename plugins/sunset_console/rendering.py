"""The console's pages: templates that escape whatever they are given, and the headers that keep pages to themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sunset.dossier.names import shown
from sunset_console.links import Links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

_SHARED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PAGE = {
    **_SHARED,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
}
"""Headers of the console's own pages."""

DOCUMENT = {
    **_SHARED,
    "Content-Security-Policy": "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of documents out of a dossier: no script, no request, no form, no way out of their frame.

They keep their origin, which is worth nothing to a page that can run no script: without it, browsers take a link from
one document to the next for one from another site, and leave the reader's session out.
"""

_KEY = re.compile(r"^( *)(&#34;.*?&#34;)(: )", re.MULTILINE)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page of the console."""
    links = Links(request.scope.get("root_path", ""))
    text = _environment().get_template(f"{template}.html.j2").render(links=links, **values)
    return HTMLResponse(text, status, headers=PAGE)


def when(moment: datetime | str | None) -> Markup:
    """A moment in UTC, to the minute."""
    if moment is None:
        return Markup("–")
    try:
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        utc = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # no moment, or one beyond the calendar
        return escape(moment)
    return Markup('<time datetime="{}">{}</time>').format(utc.isoformat(), utc.strftime("%Y-%m-%d %H:%M UTC"))


def size(count: int) -> str:
    """A number of bytes in the unit that reads best."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:,.1f} {_UNITS[unit]}" if unit else f"{count:,} B"


def marked_up(text: str) -> Markup:
    """JSON with its keys told apart, for a `pre`; any text is safe in it."""
    return Markup(_KEY.sub(r'\1<span class="key">\2</span>\3', str(escape(text))))  # noqa: S704 - escaped just here


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sunset_console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, object] = {
        "when": when,
        "size": size,
        "shown": shown,
        "marked_up": marked_up,
        "thousands": lambda number: f"{number:,}",
        "short": lambda digest: digest[:12],
    }
    environment.filters.update(filters)
    return environment
