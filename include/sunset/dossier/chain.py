"""Numbered JSON files that each hold the SHA-256 of the one before: seals and rounds.

A file vouches for itself by a checksum over its content and for its predecessor by path and digest. What was
changed, removed, renamed or put between therefore shows, except for the newest file of all: its digest has
to be noted elsewhere, where people approve it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.dossier.canonical import digest, encode
from sunset.dossier.problems import Problem
from sunset.errors import Deviation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sunset.dossier.store import Store

_LINK = re.compile(r"(?:.*/)?(?P<number>[0-9]+)(?:-[^/]*)?\.json")


@dataclass(frozen=True, slots=True)
class Link:
    """One file of a chain.

    Attributes:
        path: where it lies in the store.
        digest: SHA-256 of its bytes.
        body: its content; empty if it is broken.
        fault: why it cannot be trusted on its own account; empty if it can.
    """

    path: str
    digest: str
    body: Mapping[str, Any]
    fault: str

    @property
    def number(self) -> int:
        """Its place in the chain, from its name."""
        return _number(self.path)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain in `folder` of a store.

    `name` gives the file name that belongs to a content; it raises KeyError, TypeError or ValueError where the
    content is not of this chain's form.
    """

    store: Store
    folder: str
    name: Callable[[Mapping[str, Any]], str]

    def links(self) -> tuple[Link, ...]:
        """All links in the order of their numbers; files of other names are left out."""
        found = self.store.scan(f"{self.folder}/")
        paths = [entry.path for entry in found if entry.kind == "file" and is_link(entry.path)]
        return tuple(sorted(map(self._read, paths), key=lambda link: (link.number, link.path)))

    def append(self, body: Mapping[str, Any], links: Sequence[Link]) -> Link:
        """Write the link that follows `links`.

        Raises:
            AlreadyWritten: another writer took the number.
        """
        last = links[-1] if links else None
        previous = {"path": last.path, "sha256": last.digest} if last else None
        content = {**body, "number": last.number + 1 if last else 1, "previous": previous}
        data = encode({**content, "checksum": digest(encode(content))})
        path = f"{self.folder}/{self.name(content)}"
        entry = self.store.write_new(path, data)
        return Link(path, entry.sha256, content, "")

    def _read(self, path: str) -> Link:
        data = self.store.read(path)
        try:
            content = json.loads(data)
            checksum = content.pop("checksum")
            whole = checksum == digest(encode(content)) and data == encode({**content, "checksum": checksum})
            named = path == f"{self.folder}/{self.name(content)}"
            _Due.before(content)
        except (ValueError, TypeError, KeyError, AttributeError):
            whole, named = False, False
        if not whole:
            return Link(path, digest(data), {}, "was changed: its content does not match its own checksum.")
        return Link(path, digest(data), content, "" if named else "was renamed: its content belongs to another name.")


def is_link(path: str) -> bool:
    """Whether a path has the form of a link: `<digits>.json` or `<digits>-<label>.json`."""
    return _LINK.fullmatch(path) is not None


def _number(path: str) -> int:
    match = _LINK.fullmatch(path)
    return int(match["number"]) if match else 0


@dataclass(frozen=True, slots=True)
class _Due:
    """Which link has to come next on the way back: any if nobody vouches for it, none before the first."""

    path: str = ""
    digest: str = ""

    @classmethod
    def before(cls, body: Mapping[str, Any]) -> _Due:
        previous = body["previous"]
        return cls(previous["path"], previous["sha256"]) if previous else _NONE


_ANY = _Due()
_NONE = _Due("none")


def judge(links: Sequence[Link]) -> tuple[tuple[Link, ...], tuple[Problem, ...]]:
    """The links that can be trusted, oldest first, and one problem for each that is broken, missing or added."""
    trusted: list[Link] = []
    problems: list[Problem] = []
    due = _ANY
    for link in reversed(links):
        if due not in (_ANY, _NONE) and link.number < _number(due.path):
            problems.append(_missing(due))
            due = _ANY
        if link.fault:
            problems.append(Problem("broken", link.path, link.fault))
            due = _ANY
        elif due != _ANY and due.path != link.path:
            problems.append(Problem("added", link.path, "is not part of the chain."))
        elif due != _ANY and due.digest != link.digest:
            problems.append(Problem("broken", link.path, "was replaced: its successor recorded another content."))
            due = _ANY
        else:
            trusted.append(link)
            due = _Due.before(link.body)
    if due not in (_ANY, _NONE):
        problems.append(_missing(due))
    return tuple(reversed(trusted)), tuple(reversed(problems))


def require_whole(chain: Chain, links: Sequence[Link], what: str, remedy: str) -> None:
    """Go on only if every link of a chain can be trusted.

    Args:
        chain: the chain.
        links: all of its links.
        what: what to say where it cannot.
        remedy: what to do then.

    Raises:
        Deviation: names the links that are broken, missing or added.
    """
    if problems := judge(links)[1]:
        lines = tuple(map(str, problems))
        raise Deviation(what, where=chain.store.uri, remedy=remedy, differences=lines, record=chain.folder)


def _missing(due: _Due) -> Problem:
    return Problem("missing", due.path, "is missing; its successor recorded it.")
