"""Which product ids a document claims, so that no product silently takes the place of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sunset.spec.document import UNREADABLE, Document
from sunset.spec.ids import clean_id
from sunset.spec.problems import SpecProblem, shorten

_WRITTEN = re.compile(
    r"""^[ \t{]*["']?product["']?[ \t]*:[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#][^#,}\n]*))""", re.MULTILINE
)
_LINE = re.compile(rb"^product.*", re.MULTILINE)
# A plain id that surely ends with its line: what follows starts at the margin.
_PLAIN = re.compile(rb"^product:[ \t]+(\w+)(?:[ \t]+#.*|[ \t]*)(?=\s*\Z|\s*\n\S)", re.MULTILINE)
_SEPARATOR = re.compile(rb"^---(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(rb"^[ \t]*[^\s#]", re.MULTILINE)
_MOST_NAMED = 10
_UNUSUAL = re.compile(rb"^[\"'{\[?&*!%]", re.MULTILINE)


def claimed_ids(document: Document) -> frozenset[str]:
    """The ids, cleaned, that a document claims; a broken document claims whatever its text says."""
    if isinstance(document.data, Mapping):
        product = document.data.get("product")
        written = [product] if isinstance(product, str) else []
    elif document.data is UNREADABLE:
        written = ["".join(groups).strip() for groups in _WRITTEN.findall(document.text)]
    else:
        written = []
    return frozenset(clean_id(name) for name in written)


def may_claim(raw: bytes, product: str) -> bool:
    """False if the file certainly does not claim the id, seen without parsing it."""
    text = raw.removeprefix(b"\xef\xbb\xbf")
    if _UNUSUAL.search(text):
        return True
    return any(_part_may_claim(part, clean_id(product)) for part in _SEPARATOR.split(text))


def _part_may_claim(part: bytes, name: str) -> bool:
    if len(_LINE.findall(part)) == 1 and (plain := _PLAIN.search(part)):
        return clean_id(plain[1].decode()) == name
    return _CONTENT.search(part) is not None


def clashes(documents: Sequence[Document]) -> Iterator[tuple[Document, SpecProblem]]:
    """Every document whose id is claimed by another one too, with a problem that names all of them."""
    claimants: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        for name in sorted(claimed_ids(document)):
            claimants[name].append(document)
    for name, claiming in claimants.items():
        if len(claiming) > 1:
            yield from ((document, _clash(document, name, claiming)) for document in claiming)


def _clash(document: Document, name: str, claiming: list[Document]) -> SpecProblem:
    others = [each for each in claiming if each is not document]
    places = ", ".join(_place(other) for other in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    line, column = document.origin.locate(("product",))
    message = f"the id {shorten(name)} is claimed by {places}{more} too, so neither is loaded"
    return SpecProblem(document.origin.file, line, column, "product", message, "Give each product an id of its own.")


def _place(document: Document) -> str:
    line, _ = document.origin.locate(("product",))
    return f"{document.origin.file}:{line}" if line else document.origin.file
