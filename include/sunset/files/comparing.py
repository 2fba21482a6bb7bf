"""Two sorted sides, compared line by line without holding either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from sunset.dossier.names import shown
from sunset.files.entries import Entry, Sent, order


class Named(Protocol):
    """Whatever has a path."""

    @property
    def path(self) -> str: ...


Left = TypeVar("Left", bound=Named)
Right = TypeVar("Right", bound=Named)


def side_by_side(left: Iterable[Left], right: Iterable[Right]) -> Iterator[tuple[Left | None, Right | None]]:
    """Pairs of equal path; None where a side does not have it."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and order(one.path) < order(other.path)):
            yield one, None
            one = next(lefts, None)
        elif one is None or order(other.path) < order(one.path):
            yield None, other
            other = next(rights, None)
        else:
            yield one, other
            one, other = next(lefts, None), next(rights, None)


def listing_differences(before: Iterable[Entry], now: Iterable[Entry]) -> Iterator[str]:
    """What came, went or changed between two listings of one source."""
    for old, new in side_by_side(before, now):
        if new is None and old is not None:
            yield f"{shown(old.path)}: is gone"
        elif old is None and new is not None:
            yield f"{shown(new.path)}: is new"
        elif old != new and old is not None and new is not None:
            yield f"{shown(new.path)}: changed: {old.kind}, {old.size} bytes before, {new.kind}, {new.size} bytes now"


def manifest_differences(listed: Iterable[Entry], manifest: Iterable[Sent]) -> Iterator[str]:
    """What keeps a manifest from being that of a listing: every file of it, in that very version, and nothing else."""
    for entry, sent in side_by_side(_files(listed), manifest):
        if sent is None and entry is not None:
            yield f"{shown(entry.path)}: is not in the manifest"
        elif entry is None and sent is not None:
            yield f"{shown(sent.path)}: is in the manifest and not in the listing"
        elif entry is not None and sent is not None and entry.version != sent.version:
            yield f"{shown(entry.path)}: is in the manifest in another version than in the listing"


def _files(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.kind == "file")
