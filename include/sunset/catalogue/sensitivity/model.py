"""What was found out about how sensitive an asset is, and why. Nothing here holds a value of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Class = Literal["secret", "special", "personal"]
CLASSES: tuple[Class, ...] = ("secret", "special", "personal")
"""From the most to the least sensitive: credentials, the special categories of Article 9 GDPR, other personal data."""

By = Literal["name", "pattern", "content"]
Family = Literal["text", "number", "date", "boolean", "document", "other"]


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """Values of one column, for as long as they are looked at; they are never written anywhere.

    Attributes:
        name: as the source spells it.
        family: what kind of values its type holds; `document` is JSON.
        values: text of each value looked at, None for NULL.
    """

    name: str
    family: Family
    values: Sequence[str | None]

    def __repr__(self) -> str:
        return f"ColumnSample({self.name!r}, {self.family!r}, {len(self.values)} values)"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is sensitive.

    Attributes:
        where: the column, with the path inside a document behind a dot; or the group of files.
        kind: what was found: e-mail address, phone number, password, ...
        klass: how sensitive that kind is.
        by: the name of the column, the pattern of its values, or their content: check digits, word lists, libraries.
        hits: values in which it was found.
        looked_at: values that were looked at, empty ones left out.
    """

    where: str
    kind: str
    klass: Class
    by: By
    hits: int = 0
    looked_at: int = 0

    @property
    def share(self) -> float | None:
        """Share of the values looked at; None where the name alone says it."""
        return round(self.hits / self.looked_at, 4) if self.hits else None

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        return {**data, "class": data.pop("klass"), "share": self.share}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How sensitive one asset is: the most sensitive thing found anywhere in it counts, however rare it is.

    Attributes:
        reasons: everything that was found.
        looked_at: rows or files that were looked at.
        unseen: why nothing was looked into; empty where it was.
    """

    reasons: tuple[Reason, ...] = ()
    looked_at: int = 0
    unseen: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """What a rule's `sensitivity` may match: every class found, else `none`, or `unknown` if it was not seen."""
        found = tuple(each for each in CLASSES if any(reason.klass == each for reason in self.reasons))
        return found or (("unknown",) if self.unseen else ("none",))

    def to_json(self) -> dict[str, Any]:
        return {
            "classes": list(self.classes),
            "reasons": [reason.to_json() for reason in self.reasons],
            "looked_at": self.looked_at,
            "unseen": self.unseen,
        }


def together(parts: Iterable[Sensitivity]) -> Sensitivity:
    """What holds for parts that are kept or given up as one, such as the partitions of a table."""
    known = list(parts)
    strongest: dict[tuple[str, str, str], Reason] = {}
    for reason in (reason for part in known for reason in part.reasons):
        key = reason.where, reason.kind, reason.by
        if key not in strongest or reason.hits > strongest[key].hits:
            strongest[key] = reason
    unseen = next((part.unseen for part in known if part.unseen), "")
    return Sensitivity(tuple(strongest.values()), sum(part.looked_at for part in known), unseen)
