"""What each stage of a run left in the dossier, in the order of the process."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sunset.dossier.seal import SEALS
from sunset_console.documents import is_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sunset.dossier.listing import Listed

PURPOSES: Mapping[str, str] = {
    "decide": "What was decided, by whom, and why",
    "announce": "Who is told, and when",
    "discover": "What the product owns",
    "assess": "What would stand in the way",
    "plan": "What becomes of every asset",
    "rehearse": "Backup, copy and validation in a sandbox",
    "approve": "Go or no-go, by a named person",
    "follow": "The target follows a product that cannot stop",
    "freeze": "The source becomes read-only",
    "back_up": "A backup that was restored and compared",
    "migrate": "The copy into the target",
    "validate": "Source and target compared",
    "accept": "The migrated data, accepted by a named person",
    "cut_over": "The target takes over",
    "archive": "What is packed and kept",
    "close": "The verdict over the whole run",
}

_DOCUMENT = re.compile(r"(?P<stem>.+)\.(?P<number>[1-9][0-9]*)\.(?P<suffix>files\.json|json|html|md|txt)")
_IN_TREE = re.compile(r"(?P<stem>[^/]+)\.(?P<number>[1-9][0-9]*)/(?P<rest>.+)")
_ENTRANCE = re.compile(r"[^/]+\.html|[^/]+/index\.html")
_ESCAPED = re.compile(r"(?:~[0-9a-f]{2})+")
_LABELS = {"json": "record", "html": "page", "md": "text", "txt": "text", "files.json": "files"}


@dataclass(frozen=True, slots=True)
class Document:
    """One file that people can look at: where it lies in the dossier, and what to call it."""

    path: str
    label: str
    size: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a stage left under one name.

    Attributes:
        name: the name, as it was before it became a file name where that can be told.
        number: number of the newest version.
        documents: the documents of the newest version.
        earlier: those of the versions before.
        files: number of files in the folder of this name; 0 where there is none.
        size: their size in bytes.
    """

    name: str
    number: int
    documents: tuple[Document, ...]
    earlier: tuple[Document, ...]
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `others` are files that are of no form known here."""

    name: str
    purpose: str
    exhibits: tuple[Exhibit, ...]
    others: tuple[Listed, ...]

    @property
    def series(self) -> tuple[tuple[Exhibit, ...], ...]:
        """The exhibits, those together whose names differ in the number at their end alone."""
        return tuple(
            tuple(group) for _, group in groupby(self.exhibits, key=lambda exhibit: exhibit.name.rstrip("0123456789"))
        )


def stages(found: Iterable[Listed]) -> tuple[Stage, ...]:
    """All stages in their order, then folders that belong to none."""
    below: dict[str, list[Listed]] = defaultdict(list)
    for entry in found:
        below[entry.path.partition("/")[0]].append(entry)
    below.pop(SEALS, None)
    names = [*PURPOSES, *sorted(below.keys() - PURPOSES.keys())]
    return tuple(_stage(name, below.get(name, [])) for name in names)


def readable_name(stem: str) -> str:
    """A name without the escapes of `sunset.dossier.names.safe_name`."""
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("~", "")).decode("utf-8", "replace"), stem)


def _stage(name: str, found: Iterable[Listed]) -> Stage:
    documents: dict[str, dict[int, list[Document]]] = defaultdict(lambda: defaultdict(list))
    trees: dict[tuple[str, int], list[Listed]] = defaultdict(list)
    others = []
    for entry in found:
        rest = entry.path.partition("/")[2]
        if inside := _IN_TREE.fullmatch(rest):
            number = int(inside["number"])
            trees[inside["stem"], number].append(entry)
            if _ENTRANCE.fullmatch(inside["rest"]) and is_document(entry):
                documents[inside["stem"]][number].append(Document(entry.path, inside["rest"], entry.size))
        elif match := _DOCUMENT.fullmatch(rest):
            document = Document(entry.path, _LABELS[match["suffix"]], entry.size)
            documents[match["stem"]][int(match["number"])].append(document)
        else:
            others.append(entry)
    for stem, number in trees:
        documents[stem].setdefault(number, [])
    exhibits = tuple(_exhibit(stem, versions, trees) for stem, versions in sorted(documents.items()))
    return Stage(name, PURPOSES.get(name, ""), exhibits, tuple(others))


def _exhibit(
    stem: str, versions: Mapping[int, list[Document]], trees: Mapping[tuple[str, int], list[Listed]]
) -> Exhibit:
    newest = max(versions)
    inside = trees.get((stem, newest), [])
    earlier = (
        Document(document.path, f"{document.label} {number}", document.size)
        for number, found in sorted(versions.items())
        if number != newest
        for document in found
    )
    return Exhibit(
        name=readable_name(stem),
        number=newest,
        documents=tuple(sorted(versions[newest], key=_by_label)),
        earlier=tuple(earlier),
        files=len(inside),
        size=sum(entry.size for entry in inside),
    )


def _by_label(document: Document) -> tuple[bool, str]:
    """Pages for people first."""
    return not document.path.endswith(".html"), document.label
