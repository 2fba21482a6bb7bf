"""What is to be destroyed, named one by one, and what was found left of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

LINES = "items.jsonl"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is destroyed, and nothing beside it.

    Attributes:
        kind: table, view, schema, database, file, object version, ...
        name: its exact name: the address in the database's own quoting, the path, the key.
        version: what tells it from another thing of that name: the oid, size and time, the version id.
        size: bytes, as far as known.
        do: its disposition.
        sha256: of its content, where the evidence has it.
    """

    kind: str
    name: str
    version: str = ""
    size: int = 0
    do: str = ""
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something that is still there, or may be, after the destruction.

    Attributes:
        kind: what kind of thing: locked version, backup, standby, replication slot, setting, ...
        where: the thing itself.
        what: one sentence on why it is there, and what becomes of it.
        holds_data: whether it holds data of the product, as far as can be known.
        listed: whether it was on the list, and should be gone.
    """

    kind: str
    where: str
    what: str
    holds_data: bool
    listed: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Destroyer(Protocol):
    """One place from which named things are destroyed. Every method may be called again after a kill."""

    @property
    def place(self) -> str:
        """Where it is, for people; no credentials."""

    @property
    def method(self) -> str:
        """How it destroys, in one sentence."""

    def tool(self) -> str:
        """Name and version of what does it."""

    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        """Destroy the items; those that are gone already are no error. Yields what did not let itself be destroyed.

        Raises:
            Refusal: one cannot be destroyed without another thing that is not among them.
        """

    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        """What is left of the items, and what else may hold a copy of them."""


def write_items(path: Path, items: Iterable[Item]) -> None:
    """One line of ASCII JSON an item, in the order given."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(json.dumps(item.to_json(), separators=(",", ":")) + "\n" for item in items)


def read_items(path: Path) -> Iterator[Item]:
    """The items of a list, line by line."""
    with path.open(encoding="ascii") as file:
        yield from read_lines(file)


def read_lines(lines: Iterable[str]) -> Iterator[Item]:
    """The items of a list that is in memory."""
    return (Item(**json.loads(line)) for line in lines)
