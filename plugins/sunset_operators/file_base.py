"""What the operators of file sources share: their places, and listings and manifests that lie in the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.dossier.fetch import fetch_tree
from sunset.files.catalogue import Chooser
from sunset.files.entries import Entry, Sent, write_lines
from sunset.files.groups import Known
from sunset.spec.sources import FileSource
from sunset_operators import settings
from sunset_operators.base import OfOneSource
from sunset_operators.file_places import FilePlaces, conn_ids_of

if TYPE_CHECKING:
    from sunset_operators.stage_run import StageRun

LINES = "entries.jsonl"
"""The one file of a tree that holds a listing or a manifest."""


class FileOperator(OfOneSource[FileSource]):
    """One task on one file source.

    :param conn_ids: connection ids by part, as `conn_ids_of` names them (templated).
    """

    template_fields: Sequence[str] = ("conn_ids",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_ids = conn_ids_of(self.source)

    @property
    def places(self) -> FilePlaces:
        return FilePlaces(self.source, self.conn_ids)

    def chooser(self, run: StageRun) -> Chooser:
        """Applies the spec's rules by what the discovery found out, so that all stages choose alike."""
        known = Known.from_json(run.evidence("discover", self.source.name)["known"])
        return Chooser(self.source.name, self.spec.dispositions, known)

    def report(self, line: str) -> None:
        """Show the progress of long work in the task's log."""
        self.log.info("%s: %s", self.source.name, line)


@contextmanager
def work_folder() -> Iterator[Path]:
    """A local folder for listings and manifests, removed afterwards."""
    with TemporaryDirectory(dir=settings.work_folder()) as folder:
        yield Path(folder)


def add_lines(run: StageRun, stage: str, name: str, lines: Iterable[Entry | Sent], folder: Path) -> Path:
    """Write lines into a folder of their own and keep it in the dossier; returns the local file."""
    own = folder / stage / name
    own.mkdir(parents=True)
    write_lines(own / LINES, lines)
    run.dossier.add_tree(stage, name, own)
    return own / LINES


def fetch_lines(run: StageRun, stage: str, name: str, folder: Path) -> Path:
    """Bring a listing or a manifest out of the dossier, checked on the way; returns the local file."""
    fetch_tree(run.dossier, stage, name, folder / stage / name)
    return folder / stage / name / LINES
