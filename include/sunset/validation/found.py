"""The rows of one table that were found to differ, as many as are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sunset.validation.merge import KeyDifference
from sunset.validation.rows import RowDifferences, RowName


@dataclass(slots=True)
class Found:
    """The rows named so far, and the number of those that were not.

    Attributes:
        name: names the rows of a key.
        listed: how many rows are named at most.
    """

    name: Callable[[KeyDifference], RowName]
    listed: int
    missing: list[RowName] = field(default_factory=list)
    unexpected: list[RowName] = field(default_factory=list)
    changed: list[RowName] = field(default_factory=list)
    truncated: int = 0

    @property
    def any(self) -> bool:
        """Whether a row differs."""
        return bool(self.missing or self.unexpected or self.changed or self.truncated)

    def add_all(self, differences: Iterable[KeyDifference]) -> None:
        """Name the rows of these keys, or count them."""
        for difference in differences:
            if len(self.missing) + len(self.unexpected) + len(self.changed) == self.listed:
                self.truncated += 1
            elif difference.lost and difference.gained:
                self.changed.append(self.name(difference))
            elif difference.lost:
                self.missing.append(self.name(difference))
            else:
                self.unexpected.append(self.name(difference))

    def of(self, table: str, source_checksum: str) -> RowDifferences:
        """What was found in this table; see `RowDifferences`."""
        return RowDifferences(
            table=table,
            missing=tuple(self.missing),
            unexpected=tuple(self.unexpected),
            changed=tuple(self.changed),
            truncated=self.truncated,
            source_checksum=source_checksum,
        )
