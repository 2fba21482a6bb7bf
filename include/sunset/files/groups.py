"""Files in groups of bounded number: those of one kind in one part of the tree, which are catalogued as one asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sunset.catalogue.sensitivity.model import CLASSES

MOST_GROUPS = 500
ANYWHERE = "*"
_SUFFIX_LENGTH = 12

Group = tuple[str, str]
"""The first folder of the path, `*` for those of all folders; and the suffix, `*` for files of every suffix."""


def group_of(path: str) -> Group:
    """The group of a file, as long as there is room for it."""
    folder, slash, _ = path.partition("/")
    return (folder if slash else "", suffix_of(path))


def room_for(group: Group, taken: Mapping[Group, object]) -> Group:
    """The group itself where it is known or there is room, else the one that takes what has none."""
    if group in taken or len(taken) < MOST_GROUPS:
        return group
    wider = (ANYWHERE, group[1])
    return wider if wider in taken or len(taken) < 2 * MOST_GROUPS else (ANYWHERE, ANYWHERE)


def suffix_of(path: str) -> str:
    """The suffix with its dot, in lower case; empty where there is none that looks like one."""
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    known = dot and stem and suffix.isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX_LENGTH
    return f".{suffix.lower()}" if known else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the discovery found out, by which all later stages choose: the same in the whole run.

    Attributes:
        as_of: the day that ages are counted from; None before anything was discovered.
        classes: how sensitive each group of files is, as `Sensitivity.classes`.
    """

    as_of: date | None = None
    classes: Mapping[Group, tuple[str, ...]] | None = None

    def of(self, path: str) -> tuple[str, ...]:
        """How sensitive a file is: as its group is. What came after the discovery, into no group, is unknown."""
        folder, suffix = group_of(path)
        known = self.classes or {}
        candidates = ((folder, suffix), (ANYWHERE, suffix), (ANYWHERE, ANYWHERE))
        return next((known[group] for group in candidates if group in known), ("unknown",))

    def to_json(self) -> dict[str, Any]:
        groups = [[*group, list(classes)] for group, classes in sorted((self.classes or {}).items())]
        return {"as_of": self.as_of.isoformat() if self.as_of else None, "groups": groups}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Known:
        classes = {(folder, suffix): tuple(each) for folder, suffix, each in data["groups"]}
        assert all(set(each) <= {*CLASSES, "none", "unknown"} for each in classes.values())
        return cls(date.fromisoformat(data["as_of"]) if data["as_of"] else None, classes)
