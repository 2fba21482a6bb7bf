"""Reads the documents of a spec file. One that is broken does not take the others with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from sunset.spec.composing import Composer
from sunset.spec.document import Document, broken
from sunset.spec.problems import SpecProblem

MOST_DOCUMENTS = 100
"""Products in one file."""

# Without resolver: nothing is guessed, and `no`, `0123`, `1e3` and dates stay texts.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


def read_documents(file: str, text: str) -> Iterator[Document]:
    """All documents of a text. After broken syntax, reading goes on at the next `---`."""
    if found := _UNPRINTABLE.search(text):
        yield _unprintable(file, text, found)
        return
    count = 0
    for document in _all_documents(file, text):
        count += 1
        if count > MOST_DOCUMENTS:
            line, _ = document.origin.locate(())
            message = f"holds more than {MOST_DOCUMENTS} documents, and the rest was not read"
            yield broken(SpecProblem(file, line, 1, "", message), text)
            return
        yield document
    if not count:
        yield broken(SpecProblem(file, 1, 1, "", "is empty: it describes no product"), text)


def _all_documents(file: str, text: str) -> Iterator[Document]:
    start: int | None = 0
    while start is not None:
        stream = _Stream(file, text, start)
        yield from stream.documents()
        start = stream.resume


def _unprintable(file: str, text: str, found: re.Match[str]) -> Document:
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    problem = SpecProblem(file, line, column, "", f"holds the character U+{ord(found[0]):04X}, which no spec may hold")
    return broken(problem, text)


class _Stream:
    """The documents of a text from one position on, up to the first broken one."""

    def __init__(self, file: str, text: str, start: int) -> None:
        self.file = file
        self.text = text
        self.start = start
        self.line = text.count("\n", 0, start)
        self.resume: int | None = None

    def documents(self) -> Iterator[Document]:
        events: Iterator[Any] = yaml.parse(self.text[self.start :], Loader=_LOADER)
        begin = self.start
        try:
            for event in events:
                if type(event) is yaml.DocumentStartEvent:
                    begin = self._index(event.start_mark)
                    document = Composer(self.file, self.line, events).document()
                    if document.data is not None:
                        yield document
                elif type(event) is yaml.DocumentEndEvent:
                    begin = self._index(event.end_mark)
        except yaml.MarkedYAMLError as error:
            yield self._broken(error, begin)

    def _broken(self, error: yaml.MarkedYAMLError, begin: int) -> Document:
        mark: Any = error.problem_mark
        index = self._index(mark)
        following = _SEPARATOR.search(self.text, max(index, begin + 1))
        self.resume = following.start() if following else None
        what = _explain(error, self.line, self.text[index : index + 1])
        problem = SpecProblem(self.file, self.line + mark.line + 1, mark.column + 1, "", *what)
        return broken(problem, self.text[begin : self.resume])

    def _index(self, mark: Any) -> int:
        index: int = self.start + mark.index
        return index


def _explain(error: yaml.MarkedYAMLError, offset: int, char: str) -> tuple[str, str]:
    if char == "\t":
        return "a tab stands where YAML wants spaces", "Indent with spaces."
    context: Any = error.context_mark
    since = f"{error.context} from line {offset + context.line + 1}: " if context else ""
    return f"is no valid YAML: {since}{error.problem}", ""
