"""Several places as one: an archive lies in its store, and what holds data of it also beside the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sunset.disposal.items import Destroyer, Item, Remnant


@dataclass(frozen=True, slots=True)
class Parts:
    """Destroyers by a word that begins the kind of their items: `bag file`, `evidence object version`."""

    parts: Mapping[str, Destroyer]

    @property
    def place(self) -> str:
        return ", ".join(part.place for part in self.parts.values())

    @property
    def method(self) -> str:
        return "; ".join(dict.fromkeys(part.method for part in self.parts.values()))

    def tool(self) -> str:
        return "; ".join(dict.fromkeys(part.tool() for part in self.parts.values()))

    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        wanted = list(items)
        for word, part in self.parts.items():
            yield from part.destroy(_of(word, wanted))

    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        wanted = list(items)
        for word, part in self.parts.items():
            yield from part.remnants(_of(word, wanted))


def named(word: str, items: Iterable[Item]) -> Iterator[Item]:
    """The items of a part as they stand on the list of the whole."""
    return (replace(item, kind=f"{word} {item.kind}") for item in items)


def _of(word: str, items: Iterable[Item]) -> list[Item]:
    start = f"{word} "
    return [replace(item, kind=item.kind.removeprefix(start)) for item in items if item.kind.startswith(start)]


@dataclass(frozen=True, slots=True)
class Among:
    """A few things among many that stay: what was not on the list is nothing left over."""

    part: Destroyer

    @property
    def place(self) -> str:
        return self.part.place

    @property
    def method(self) -> str:
        return self.part.method

    def tool(self) -> str:
        return self.part.tool()

    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        return self.part.destroy(items)

    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        return (remnant for remnant in self.part.remnants(items) if remnant.listed or remnant.holds_data)
