"""Exports one collection page by page, to the page that says that it is the last."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sunset.api import pages
from sunset.api.body import decode, find, items_of
from sunset.api.client import ApiClient
from sunset.api.pagelog import PageLog
from sunset.api.pages import Answer, Request
from sunset.errors import Refusal
from sunset.spec.pagination import Offset, Pagination

REPORT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Collection:
    """What is exported: the name of the source, where it begins, how pages follow, and where the items are."""

    name: str
    url: str
    items: str
    id: str
    pagination: Pagination | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export brought: pages, items with doubles, and the number of items that the server claims, or None."""

    pages: int = 0
    items: int = 0
    total: int | None = None


@dataclass(slots=True)
class _Circle:
    """What was asked for already: who is sent there again walks in a circle."""

    asked: set[bytes] = field(default_factory=set)
    items: list[Any] = field(default_factory=list)

    def enter(self, request: Request, where: str) -> None:
        digest = hashlib.sha256(repr((request.url, request.params)).encode()).digest()
        if digest in self.asked:
            raise _circling("was read already: the cursor or address of the next page repeats.", where)
        self.asked.add(digest)

    def read(self, items: list[Any], where: str) -> None:
        if items and items == self.items:
            raise _circling("has the very items of the page before: the server ignores the paging.", where)
        self.items = items


def export(
    client: ApiClient,
    collection: Collection,
    log: PageLog,
    report: Callable[[str], None],
    look: Callable[[int, list[Any]], None],
) -> Exported:
    """Read every page into the log, from the one after the last that it holds.

    Args:
        client: a session with the API.
        collection: what is exported.
        log: where the pages are kept.
        report: is given a line of progress at most every ten seconds.
        look: is given the number and the items of every page, those that the log holds too, before it is kept.

    Raises:
        Refusal: the API said no, an answer is no page, or the pages go in a circle; names the page. What `look` raises.
        Unavailable: no answer; what was read is kept.
    """
    reading = _Reading(collection, look)
    following: Request | None = pages.first(collection.url, collection.pagination)
    for kept in log.pages():
        reading.read(kept.body, reading.enter(kept.request))
        following = kept.following
    started = reported = time.monotonic()
    try:
        while following is not None:
            where = reading.enter(request := following)
            page = client.get(request, where)
            body, count = reading.read(page.body, where)
            following = pages.following(Answer(request, body, count, page.links), collection.pagination)
            following = client.without_login(following) if following else None
            log.keep(reading.so_far.pages, request, following, page.body)
            if time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                report(_progress(collection.name, reading.so_far, reported - started))
    finally:
        log.flush()
    return reading.so_far


@dataclass(slots=True)
class _Reading:
    """The pages read so far, from the log or from the API."""

    collection: Collection
    look: Callable[[int, list[Any]], None]
    circle: _Circle = field(default_factory=_Circle)
    so_far: Exported = field(default_factory=Exported)

    def enter(self, request: Request) -> str:
        """Begin with the next page; returns what it is called in errors."""
        where = f"{self.collection.name}: page {self.so_far.pages + 1} ({request})"
        self.circle.enter(request, where)
        return where

    def read(self, data: bytes, where: str) -> tuple[Any, int]:
        """Look at a page; returns its decoded body and its number of items."""
        body = decode(data, where)
        items = items_of(body, self.collection.items, where)
        self.circle.read(items, where)
        done = self.so_far
        self.look(done.pages + 1, items)
        self.so_far = Exported(done.pages + 1, done.items + len(items), self._total(body, done.total))
        return body, len(items)

    def _total(self, body: Any, before: int | None) -> int | None:
        pagination = self.collection.pagination
        if not isinstance(pagination, Offset) or pagination.total is None:
            return None
        total = find(body, pagination.total)
        return total if isinstance(total, int) and not isinstance(total, bool) else before


def _progress(name: str, so_far: Exported, seconds: float) -> str:
    left = ""
    if so_far.total and so_far.items:
        left = f", about {max(so_far.total - so_far.items, 0) / so_far.items * seconds:,.0f} s left"
    return (
        f"{name}: {so_far.pages:,} pages, {so_far.items:,} items, {so_far.items / max(seconds, 0.1):,.0f} items/s{left}"
    )


def _circling(what: str, where: str) -> Refusal:
    return Refusal(what, where=where, remedy="Correct `pagination` in the spec to what the API documents.")
