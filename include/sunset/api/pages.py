"""How one page leads to the next. Pure: it looks at an answer and says what to ask next, or that this was the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from sunset.api.body import MISSING, find
from sunset.errors import Refusal
from sunset.spec.pagination import Cursor, LinkHeader, NextUrl, Offset, PageNumber, Pagination


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an absolute address, and query parameters besides those in it."""

    url: str
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The address without the query, where an API may want a key, and the parameters of the paging."""
        shown = "&".join(f"{name}={value}" for name, value in self.params)
        return self.url.partition("?")[0] + (f"?{shown}" if shown else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a request: the decoded body, the number of items in it, and the links of the header."""

    request: Request
    body: Any
    items: int
    links: Mapping[str, str]


def first(url: str, pagination: Pagination | None) -> Request:
    """The request for the first page."""
    match pagination:
        case PageNumber():
            return Request(url, _page(pagination, pagination.start))
        case Offset():
            return Request(url, _offset(pagination, 0))
        case _:
            return Request(url)


def following(answer: Answer, pagination: Pagination | None) -> Request | None:
    """The request for the page after this one, or None at the end.

    Raises:
        Refusal: the answer does not say how to go on, or leads to another origin.
    """
    match pagination:
        case PageNumber():
            number = int(dict(answer.request.params)[pagination.param])
            return Request(answer.request.url, _page(pagination, number + 1)) if answer.items else None
        case Offset():
            # By what came, not by what was asked for: a server may hand out fewer than that.
            reached = int(dict(answer.request.params)[pagination.param]) + answer.items
            return Request(answer.request.url, _offset(pagination, reached)) if answer.items else None
        case Cursor():
            return _after_cursor(answer, pagination)
        case NextUrl():
            return _at(answer, find(answer.body, pagination.next)) or _at(answer, answer.links.get("next"))
        case LinkHeader():
            return _at(answer, answer.links.get("next"))
        case None:
            return None


def _page(pagination: PageNumber, number: int) -> tuple[tuple[str, str], ...]:
    size = ((pagination.size_param, str(pagination.size)),) if pagination.size_param and pagination.size else ()
    return ((pagination.param, str(number)), *size)


def _offset(pagination: Offset, offset: int) -> tuple[tuple[str, str], ...]:
    return ((pagination.param, str(offset)), (pagination.limit_param, str(pagination.limit)))


def _after_cursor(answer: Answer, pagination: Cursor) -> Request | None:
    cursor = find(answer.body, pagination.next)
    if pagination.more is not None:
        more = find(answer.body, pagination.more)
        if not isinstance(more, bool):
            raise _silent(answer, pagination.more, "true or false")
        if not more:
            return None
        if cursor in (MISSING, None, ""):
            raise _silent(answer, pagination.next, "a cursor, although more pages follow")
    if cursor in (MISSING, None, ""):
        return None
    if isinstance(cursor, (dict, list, bool)):
        raise _silent(answer, pagination.next, "a cursor")
    return Request(answer.request.url, ((pagination.param, str(cursor)),))


def _at(answer: Answer, address: Any) -> Request | None:
    if address in (MISSING, None, ""):
        return None
    if not isinstance(address, str):
        raise _silent(answer, "next", "an address")
    url = urljoin(answer.request.url, address)
    if _origin(url) != _origin(answer.request.url):
        raise Refusal(
            f"names a next page at another origin: {urlsplit(url).scheme}://{urlsplit(url).netloc.rpartition('@')[2]}.",
            where=str(answer.request),
            remedy="The login goes to the connection's own origin only. If the move is right, change the connection.",
        )
    return Request(url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _silent(answer: Answer, path: str, wanted: str) -> Refusal:
    return Refusal(
        f"does not say how to go on: {path!r} is not {wanted}.",
        where=str(answer.request),
        remedy="Correct `pagination` in the spec to what the API documents.",
    )
