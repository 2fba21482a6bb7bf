"""Where a spec was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sunset.spec.base import KeyPath


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a spec was read. Two origins are always equal, so that specs compare by content.

    Attributes:
        file: the file's path below the folder that was read; "" for a spec that was not read from a file.
        lines: line and column, 1-based, of every key and list item.
    """

    file: str = field(default="", compare=False)
    lines: Mapping[KeyPath, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def locate(self, path: KeyPath) -> tuple[int, int]:
        """Line and column of a key or of the nearest key around it; (0, 0) where unknown."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, (0, 0))
