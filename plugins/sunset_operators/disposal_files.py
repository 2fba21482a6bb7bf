"""A file source that is to be destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sunset.disposal.bucket import BucketDestroyer
from sunset.disposal.items import Destroyer, Item, Remnant
from sunset.disposal.trees import FILE, FOLDER, folders_above, local_destroyer, sftp_destroyer, version_of
from sunset.files.comparing import listing_differences, side_by_side
from sunset.files.entries import Entry, order, read_entries, read_sent
from sunset.files.local import LocalTree
from sunset.files.proof import changed_since
from sunset.files.s3 import S3Tree
from sunset.files.sftp import SftpTree
from sunset_operators.disposal_sources import (
    archive_faults,
    archived_copies,
    day_faults,
    record_faults,
    spec_faults,
    undecided_faults,
)
from sunset_operators.file_base import fetch_lines
from sunset_operators.file_places import FilePlaces

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.spec.sources import FileSource
    from sunset_operators.disposal_run import DisposalRun

_NAMED = 5


@dataclass(frozen=True, slots=True)
class FileSubject:
    """The files that the freeze listed.

    Attributes:
        run: the disposal.
        source: the source, as the spec has it.
        conn_ids: rendered connection ids by part, and the archive's under `archive`.
    """

    run: DisposalRun
    source: FileSource
    conn_ids: Mapping[str, str | None]

    @property
    def kind(self) -> str:
        return "file tree"

    def date_faults(self) -> Iterator[str]:
        return day_faults(self.run)

    def proof_faults(self, folder: Path) -> Iterator[str]:
        name = self.source.name
        yield from spec_faults(self.run, self.source, "files")
        yield from undecided_faults(self.run.retired.evidence("discover", name))
        yield from record_faults(self.run, "validate", f"{name}-validation")
        yield from archive_faults(self.run, self.conn_ids["archive"])
        manifest = fetch_lines(self.run.retired, "migrate", f"{name}-manifest", folder / "proof")
        lines = changed_since(read_sent(manifest), self.places.target(), self.places.limits())
        if moved := list(islice(lines, _NAMED)):
            yield f"the target was changed after it was accepted: {' | '.join(moved)}"

    def state_faults(self, folder: Path) -> Iterator[str]:
        here, there = self.places.origin().place.rstrip("/") + "/", self.places.target().place.rstrip("/") + "/"
        if here.startswith(there) or there.startswith(here):
            yield "source and target lie within each other"
            return
        frozen = self.listing(folder / "state")
        lines = listing_differences(read_entries(frozen), self.places.origin().entries())
        if moved := list(islice(lines, _NAMED)):
            yield f"the source was changed after the freeze: {' | '.join(moved)}"

    def is_whole(self, items: Iterator[Item]) -> bool:
        return False  # each thing is looked at again just before it goes

    def items(self, folder: Path) -> Iterable[Item]:
        tree, files = self.places.origin(), self.decided(folder / "items")
        if isinstance(tree, S3Tree):
            return BucketDestroyer(tree).items((tree.prefix + entry.path, do, "") for entry, do in files)
        return self._in_a_tree(files, self.listing(folder / "folders"))

    def destroyer(self) -> Destroyer:
        tree = self.places.origin()
        if isinstance(tree, S3Tree):
            return BucketDestroyer(tree)
        if isinstance(tree, LocalTree):
            return local_destroyer(tree)
        assert isinstance(tree, SftpTree)
        return sftp_destroyer(tree)

    def copies(self) -> Iterator[Remnant]:
        place = self.places.target().place
        yield Remnant("target", place, "what was migrated lives on there, by intent.", holds_data=True)
        yield from archived_copies(self.run)

    @property
    def places(self) -> FilePlaces:
        return FilePlaces(self.source, {part: self.conn_ids[part] for part in ("from", "to", "sandbox")})

    def listing(self, folder: Path) -> Path:
        return fetch_lines(self.run.retired, "freeze", f"{self.source.name}-listing", folder)

    def decided(self, folder: Path) -> Iterator[tuple[Entry, str]]:
        """Every file of the freeze: one that was not migrated is one that a rule destroys."""
        manifest = fetch_lines(self.run.retired, "migrate", f"{self.source.name}-manifest", folder)
        files = (entry for entry in read_entries(self.listing(folder)) if entry.kind == FILE)
        for entry, sent in side_by_side(files, read_sent(manifest)):
            if entry is not None:
                yield entry, "migrate" if sent is not None else "destroy"

    def _in_a_tree(self, files: Iterator[tuple[Entry, str]], listing: Path) -> Iterator[Item]:
        paths = list[str]()
        for entry, do in files:
            paths.append(entry.path)
            yield Item(FILE, entry.path, version_of(entry), entry.size, do)
        for entry in read_entries(listing):
            if entry.kind == FOLDER:
                yield Item(FOLDER, entry.path)
        yield from (Item(FOLDER, folder) for folder in sorted(folders_above(paths), key=order))
