"""Where a copy of files goes: all that sets a rehearsal apart from the migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sunset.files.entries import read_entries
from sunset.files.planning import sample

if TYPE_CHECKING:
    from sunset.files.catalogue import Chooser
    from sunset.files.entries import Entry
    from sunset.files.places import Target
    from sunset_operators.file_places import FilePlaces
    from sunset_operators.stage_run import StageRun


class FileDestination(Protocol):
    """A place to copy to.

    Attributes:
        stage: the stage whose folder takes the records of the copy.
        listed: the stage whose listing is copied.
        moving: whether the source is still written to meanwhile.
    """

    @property
    def stage(self) -> str: ...

    @property
    def listed(self) -> str: ...

    @property
    def moving(self) -> bool: ...

    def target(self, places: FilePlaces, run: StageRun) -> Target: ...

    def chosen(self, listing: Path, chooser: Chooser) -> Iterator[Entry]:
        """The entries of a listing that are copied."""


@dataclass(frozen=True, slots=True)
class FileSandbox:
    """A folder for one rehearsal, with a sample. The source is still written to."""

    stage: str = "rehearse"
    listed: str = "discover"
    moving: bool = True

    def target(self, places: FilePlaces, run: StageRun) -> Target:
        return places.sandbox(run)

    def chosen(self, listing: Path, chooser: Chooser) -> Iterator[Entry]:
        migrated = [FileTarget().chosen(listing, chooser) for _ in range(2)]
        return sample(migrated[0], sum(entry.kind == "file" for entry in migrated[1]))


@dataclass(frozen=True, slots=True)
class FileTarget:
    """The target itself, with everything that the rules migrate. The source stands still."""

    stage: str = "migrate"
    listed: str = "freeze"
    moving: bool = False

    def target(self, places: FilePlaces, run: StageRun) -> Target:
        return places.target()

    def chosen(self, listing: Path, chooser: Chooser) -> Iterator[Entry]:
        return (entry for entry in read_entries(listing) if chooser.migrated(entry))
