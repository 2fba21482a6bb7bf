"""Composes the data of one YAML document, with line and column of every key, from the parser's events.

Every value stays the text that was written; an empty value, `~` and `null` without quotes are None. Anchors,
merge keys and tags are refused by name, so that a spec says what it says where it says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from sunset.spec.base import KeyPath
from sunset.spec.document import UNREADABLE, Document
from sunset.spec.origin import Origin
from sunset.spec.problems import SpecProblem, shorten, spell

_DEEPEST = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Control characters, and those that make a text read otherwise than it is written.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class TooDeep(yaml.MarkedYAMLError):
    """The document is nested deeper than any spec."""


class Composer:
    """Composes one document from the events that follow its start."""

    def __init__(self, file: str, line: int, events: Iterator[Any]) -> None:
        self.file = file
        self.line = line
        self.events = events
        self.lines: dict[KeyPath, tuple[int, int]] = {}
        self.problems: list[SpecProblem] = []

    def document(self) -> Document:
        """The document; its data is None when it is empty.

        Raises:
            yaml.MarkedYAMLError: the syntax is broken, or the nesting too deep.
        """
        event = next(self.events)
        self.lines[()] = self._place(event)
        data = self._value(event, ())
        return Document(Origin(self.file, self.lines), data, tuple(self.problems))

    def _value(self, event: Any, path: KeyPath) -> object:
        kind = type(event)
        if kind is yaml.AliasEvent:
            self._refuse(event, path, "refers to an anchor, and a spec has none", "Write the value out.")
            return UNREADABLE
        if event.tag:
            tag = shorten(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(event, path, f"has the tag {tag}, and a spec has none", "Leave it out.")
        if kind is yaml.ScalarEvent:
            return self._scalar(event, path)
        if len(path) >= _DEEPEST:
            raise TooDeep(problem=f"nested more than {_DEEPEST} levels deep", problem_mark=event.start_mark)
        return self._list(path) if kind is yaml.SequenceStartEvent else self._mapping(path)

    def _scalar(self, event: Any, path: KeyPath) -> object:
        if event.implicit[0] and event.value in _NULLS:
            return None
        if found := _HIDDEN.search(event.value):
            self._refuse(event, path, f"holds the control character U+{ord(found[0]):04X}", "Leave it out.")
            return UNREADABLE
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
        """The key, or None if it was refused."""
        if type(event) is not yaml.ScalarEvent or event.tag:
            self._skip(event)
            self._refuse(event, path, "has a key that is no plain text", "Put Jinja such as {{ ... }} in quotes.")
            return None
        key: str = event.value
        if key == "<<":
            self._refuse(event, path, 'has a merge key ("<<"), and a spec has none', "Write the keys out.")
        elif key in data:
            first = self.lines[(*path, key)][0]
            self._refuse(event, (*path, key), f"is given twice, first on line {first}", "Keep one of the two.")
        elif _HIDDEN.search(key):
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

    def _refuse(self, event: Any, path: KeyPath, message: str, suggestion: str) -> None:
        self.problems.append(SpecProblem(self.file, *self._place(event), spell(path), message, suggestion))

    def _place(self, event: Any) -> tuple[int, int]:
        mark = event.start_mark
        return self.line + mark.line + 1, mark.column + 1
