"""An archive whose time is over: the bag, and what holds data of the product beside the dossier's evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sunset.archive.layout import INFO
from sunset.disposal.bucket import BucketDestroyer
from sunset.disposal.items import Destroyer, Item, Remnant
from sunset.disposal.parts import Among, Parts, named
from sunset.disposal.trees import FILE, FOLDER, folders_above, local_destroyer, version_of
from sunset.dossier.trees import trees
from sunset.errors import Refusal
from sunset.files.entries import order
from sunset.files.local import LocalTree
from sunset_operators import settings
from sunset_operators.archive import bag_of, shelf_of
from sunset_operators.days import today
from sunset_operators.disposal_sources import archive_faults, undecided_faults
from sunset_operators.file_places import s3_tree

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.dossier.store import Store
    from sunset.files.s3 import S3Tree
    from sunset_operators.disposal_run import DisposalRun

_DUMP = re.compile(r"back_up/.+-dump")
_RETAIN = re.compile(r"^Sunset-Retain-Until: (\d{4}-\d\d-\d\d)$", re.MULTILINE)
BAG, EVIDENCE = "bag", "evidence"


@dataclass(frozen=True, slots=True)
class ArchiveSubject:
    """The bag of a run, the dumps in its dossier, and the raw pages of its APIs. The evidence itself stays for good.

    Attributes:
        run: the disposal.
        conn_id: rendered connection id of the archive's store.
    """

    run: DisposalRun
    conn_id: str | None

    @property
    def kind(self) -> str:
        return "archive"

    def date_faults(self) -> Iterator[str]:
        info = "" if self.run.begun else self.bag.read(INFO).decode()
        packed = [date.fromisoformat(day) for day in _RETAIN.findall(info)]
        until = max([self.run.own.spec.timeline.retain_until, *packed])
        if today() <= until:
            yield f"the archive is kept until {until}, and today is {today()}"

    def proof_faults(self, folder: Path) -> Iterator[str]:
        for source in self.run.retired.evidence("decide", "decision")["sources"]:
            yield from undecided_faults(self.run.retired.evidence("discover", source))

    def state_faults(self, folder: Path) -> Iterator[str]:
        return archive_faults(self.run, self.conn_id)

    def is_whole(self, items: Iterator[Item]) -> bool:
        return False  # each thing is looked at again just before it goes

    def items(self, folder: Path) -> Iterable[Item]:
        tree = _tree(self.bag, self.conn_id)
        if isinstance(tree, LocalTree):
            wanted = {f"{self.run.folder}/{path}": "" for path in self.bag.list()}
            listed = _files(self.shelf, wanted, folders_above(wanted))
        else:
            listed = BucketDestroyer(tree).versions()  # the prefix is the bag's alone
        yield from named(BAG, listed)
        yield from named(EVIDENCE, self._beside_evidence())

    def destroyer(self) -> Destroyer:
        bag, beside = _tree(self.bag, self.conn_id), _tree(self.run.product_store, settings.dossier_conn_id())
        on_shelf = Among(local_destroyer(LocalTree(self.shelf.root.rstrip("/"))))
        return Parts(
            {
                BAG: on_shelf if isinstance(bag, LocalTree) else BucketDestroyer(bag),
                EVIDENCE: Among(local_destroyer(beside) if isinstance(beside, LocalTree) else BucketDestroyer(beside)),
            }
        )

    def copies(self) -> Iterator[Remnant]:
        what = "the target is not part of the archive: what was migrated lives on there."
        yield Remnant("target", ", ".join(self.run.own.spec.source_names), what, holds_data=True)
        dossier = self.run.retired.dossier.store.uri
        what = "the evidence of the retirement stays: names, counts, checksums and approvals, no rows."
        yield Remnant("dossier", dossier, what, holds_data=False)

    @property
    def bag(self) -> Store:
        return bag_of(self.run.retired, self.conn_id)

    @property
    def shelf(self) -> Store:
        return shelf_of(self.run.retired, self.conn_id)

    def _beside_evidence(self) -> Iterator[Item]:
        beside, wanted = self.run.product_store, dict(self._data_beside_evidence())
        tree = _tree(beside, settings.dossier_conn_id())
        if isinstance(tree, LocalTree):
            return _files(beside, wanted, {f"{path.rpartition('/')[0]}/" for path in wanted})
        return BucketDestroyer(tree).items((tree.prefix + path, "", wanted[path]) for path in wanted)

    def _data_beside_evidence(self) -> Iterator[tuple[str, str]]:
        """Path below the product's folder and SHA-256 of everything there that holds the product's data."""
        store, folder = self.run.retired.dossier.store, self.run.folder
        for tree in trees(store, store.list("back_up/")):
            if _DUMP.fullmatch(tree.stem):
                yield from ((f"{folder}/{entry.path}", entry.sha256) for entry in tree.files)
        yield from ((path, "") for path in self.run.product_store.list(f"api-pages/{folder}/"))


def _files(store: Store, wanted: Mapping[str, str], folders: Iterable[str]) -> Iterator[Item]:
    """The items for files of a local store, given by path and SHA-256, and for folders that are empty then."""
    tree = LocalTree(store.root.rstrip("/"))
    for path in sorted(wanted, key=order):
        entry = tree.look(path)
        yield Item(FILE, path, version_of(entry), entry.size, "", wanted[path])
    yield from (Item(FOLDER, folder) for folder in sorted(folders, key=order))


def _tree(store: Store, conn_id: str | None) -> LocalTree | S3Tree:
    """A store as a tree whose single files and versions can be named.

    Raises:
        Refusal: it is neither a folder nor a bucket.
    """
    if store.uri.startswith("file://"):
        return LocalTree(store.root.rstrip("/"))
    if not store.uri.startswith("s3://"):
        remedy = "Destroy it by hand, with a record of it."
        raise Refusal("is neither a folder nor a bucket of S3.", where=store.uri, remedy=remedy)
    return s3_tree(store.uri, conn_id)
