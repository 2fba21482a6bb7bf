"""What can be destroyed: a database source, a file source, an archive; each with its proofs, its list and its tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from sunset.disposal.certificates import ARCHIVE
from sunset.disposal.items import Destroyer, Item, Remnant
from sunset.spec.sources import DatabaseSource, FileSource
from sunset_operators.disposal_archive import ArchiveSubject
from sunset_operators.disposal_database import DatabaseSubject
from sunset_operators.disposal_files import FileSubject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sunset_operators.disposal_run import DisposalRun


class Subject(Protocol):
    """One thing that is destroyed as a whole."""

    @property
    def kind(self) -> str:
        """What it is, in words."""

    def date_faults(self) -> Iterator[str]:
        """Why its day has not come."""

    def proof_faults(self, folder: Path) -> Iterator[str]:
        """What is missing of the proof that its data lives on, or needs to no more; looked at up to the very end."""

    def state_faults(self, folder: Path) -> Iterator[str]:
        """How it is no longer what was retired; looked at while it is whole."""

    def is_whole(self, items: Iterator[Item]) -> bool:
        """Whether a destruction that had begun left it as it was, so that its state has to be looked at once more."""

    def items(self, folder: Path) -> Iterable[Item]:
        """Everything that is to go, named one by one."""

    def destroyer(self) -> Destroyer: ...

    def copies(self) -> Iterator[Remnant]:
        """Copies that stay, and that the dossier knows of."""


def subject_of(run: DisposalRun, conn_ids: Mapping[str, Mapping[str, str | None]]) -> Subject:
    """The subject of a disposal.

    Args:
        run: the disposal.
        conn_ids: rendered connection ids: of each source by part, and of the archive.
    """
    if run.subject == ARCHIVE:
        return ArchiveSubject(run, conn_ids[ARCHIVE][ARCHIVE])
    sources: list[DatabaseSource | FileSource] = [*run.own.spec.sources.databases, *run.own.spec.sources.files]
    source = next(source for source in sources if source.name == run.subject)
    places = {**conn_ids[source.name], ARCHIVE: conn_ids[ARCHIVE][ARCHIVE]}
    return (
        DatabaseSubject(run, source, places) if isinstance(source, DatabaseSource) else FileSubject(run, source, places)
    )
