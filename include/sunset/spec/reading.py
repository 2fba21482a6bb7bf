"""Reads YAML so that every value stays the text that was written, with line and column of every key.

Nothing is guessed: `no`, `0123`, `1e3` and dates are texts, and the models give them their type. An empty
value, `~` and `null` without quotes mean that there is no value. Anchors, merge keys and tags are refused
by name, so that a spec says what it says where it says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from sunset.spec.base import KeyPath
from sunset.spec.origin import Origin
from sunset.spec.problems import SpecProblem, shorten, spell

UNREADABLE = object()
"""Stands for a value that was refused here, so that it is not complained about twice."""

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML document: one product.

    Attributes:
        origin: file and lines; without lines for a document that is broken.
        data: mappings, lists, texts and None; UNREADABLE when the document is broken.
        problems: what the reader refused.
        text: what was written, for a document that is broken; "" otherwise.
    """

    origin: Origin
    data: object
    problems: tuple[SpecProblem, ...] = ()
    text: str = ""


def read_documents(file: str, text: str) -> Iterator[Document]:
    """All documents of a text. After broken syntax, reading goes on at the next `---`."""
    if found := _UNPRINTABLE.search(text):
        yield _unprintable(file, text, found)
        return
    start: int | None = 0
    empty = True
    while start is not None:
        stream = _Stream(file, text, start)
        for document in stream.documents():
            empty = False
            yield document
        start = stream.resume
    if empty:
        problem = SpecProblem(file, 1, 1, "", "is empty: it describes no product")
        yield Document(Origin(file), UNREADABLE, problems=(problem,))


def _unprintable(file: str, text: str, found: re.Match[str]) -> Document:
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    problem = SpecProblem(file, line, column, "", f"holds the character U+{ord(found[0]):04X}, which YAML forbids")
    return Document(Origin(file), UNREADABLE, problems=(problem,), text=text)


class _TooDeep(yaml.MarkedYAMLError):
    pass


class _Stream:
    """The documents of a text from one position on, up to the first broken one."""

    def __init__(self, file: str, text: str, start: int) -> None:
        self.file = file
        self.text = text
        self.start = start
        self.line = text.count("\n", 0, start)
        self.resume: int | None = None

    def documents(self) -> Iterator[Document]:
        events = yaml.parse(self.text[self.start :], Loader=_LOADER)
        begin = self.start
        try:
            for event in events:
                if type(event) is yaml.DocumentStartEvent:
                    begin = self.start + event.start_mark.index
                    builder = _Builder(self.file, self.line, events)
                    document = builder.document()
                    if document.data is not None:
                        yield document
                elif type(event) is yaml.DocumentEndEvent:
                    begin = self.start + event.end_mark.index
        except yaml.MarkedYAMLError as error:
            yield self._broken(error, begin)

    def _broken(self, error: yaml.MarkedYAMLError, begin: int) -> Document:
        mark: Any = error.problem_mark
        index = self.start + mark.index
        following = _SEPARATOR.search(self.text, max(index, begin + 1))
        self.resume = following.start() if following else None
        what = _explain(error, self.line, self.text[index : index + 1])
        problem = SpecProblem(self.file, self.line + mark.line + 1, mark.column + 1, "", *what)
        return Document(Origin(self.file), UNREADABLE, problems=(problem,), text=self.text[begin : self.resume])


def _explain(error: yaml.MarkedYAMLError, offset: int, char: str) -> tuple[str, str]:
    if char == "\t":
        return "a tab stands where YAML wants spaces", "Indent with spaces."
    context: Any = error.context_mark
    since = f"{error.context} from line {offset + context.line + 1}: " if context else ""
    return f"is no valid YAML: {since}{error.problem}", ""


class _Builder:
    """Builds the data of one document from the parser's events."""

    def __init__(self, file: str, line: int, events: Iterator[Any]) -> None:
        self.file = file
        self.line = line
        self.events = events
        self.lines: dict[KeyPath, tuple[int, int]] = {}
        self.problems: list[SpecProblem] = []

    def document(self) -> Document:
        event = next(self.events)
        self.lines[()] = self._place(event)
        data = self._value(event, ())
        return Document(Origin(self.file, self.lines), data, tuple(self.problems))

    def _value(self, event: Any, path: KeyPath) -> object:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._refuse(event, path, "refers to an anchor, and a spec has none", "Write the value out.")
        if event.tag:
            self._skip(event)
            return self._refuse(
                event,
                path,
                f"has the tag {shorten(event.tag).replace('tag:yaml.org,2002:', '!!')}, and a spec has none",
                "Leave it out.",
            )
        if kind is yaml.ScalarEvent:
            return self._scalar(event, path)
        if len(path) >= _DEEPEST:
            raise _TooDeep(problem=f"nested more than {_DEEPEST} levels deep", problem_mark=event.start_mark)
        return self._list(path) if kind is yaml.SequenceStartEvent else self._mapping(path)

    def _scalar(self, event: Any, path: KeyPath) -> object:
        if event.implicit[0] and event.value in _NULLS:
            return None
        if found := _CONTROLS.search(event.value):
            return self._refuse(event, path, f"holds the control character U+{ord(found[0]):04X}", "Leave it out.")
        return event.value

    def _list(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            here = (*path, len(items))
            self.lines[here] = self._place(event)
            items.append(self._value(event, here))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        data: dict[str, object] = {}
        while type(event := next(self.events)) is not yaml.MappingEndEvent:
            key = self._key(event, path, data)
            value = next(self.events)
            if key is None:
                self._skip(value)
            else:
                here = (*path, key)
                self.lines[here] = self._place(event)
                data[key] = self._value(value, here)
        return data

    def _key(self, event: Any, path: KeyPath, data: dict[str, object]) -> str | None:
        if type(event) is not yaml.ScalarEvent or event.tag:
            self._skip(event)
            self._refuse(event, path, "has a key that is no plain text", "")
            return None
        key: str = event.value
        if key == "<<":
            self._refuse(event, path, 'has a merge key ("<<"), and a spec has none', "Write the keys out.")
        elif key in data:
            first = self.lines[(*path, key)][0]
            self._refuse(event, (*path, key), f"is given twice, first on line {first}", "Keep one of the two.")
        elif _CONTROLS.search(key):
            self._refuse(event, (*path, key), "is a key with a control character", "Leave it out.")
        else:
            return key
        return None

    def _skip(self, event: Any) -> None:
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = next(self.events)

    def _refuse(self, event: Any, path: KeyPath, message: str, suggestion: str) -> object:
        self.problems.append(SpecProblem(self.file, *self._place(event), spell(path), message, suggestion))
        return UNREADABLE

    def _place(self, event: Any) -> tuple[int, int]:
        mark = event.start_mark
        return self.line + mark.line + 1, mark.column + 1
