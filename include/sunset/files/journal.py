"""What earlier tries and runs have sent to a target, kept in the product's store until the next run needs it.

A claim says that the target's folder is this source's: it was empty when the first run came. Segments hold the files
that were sent, a few seconds of work each. An object counts as right only if its identity is still the one on record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sunset.dossier.canonical import encode
from sunset.dossier.names import shown
from sunset.dossier.store import Store
from sunset.errors import Refusal
from sunset.files.entries import Sent, line_of, order
from sunset.files.places import Target

_CLAIM = "claim.json"


@dataclass(frozen=True, slots=True)
class Journal:
    """The record of one source's target.

    Attributes:
        parent: the folder of all journals of a product.
        name: the folder of this one, for one source and one target alone.
    """

    parent: Store
    name: str

    @classmethod
    def of(cls, product_store: Store, source: str, target: Target) -> Journal:
        """The journal of a source and a target; another target has another journal."""
        mark = hashlib.sha256(target.place.encode()).hexdigest()[:16]
        return cls(product_store.child("transfers"), f"{source}-{mark}")

    @property
    def store(self) -> Store:
        return self.parent.child(self.name)

    @property
    def claimed(self) -> bool:
        return _CLAIM in self.store.list(_CLAIM)

    def claim(self, target: Target, run: str) -> None:
        """Take the target for this source, if it is empty or was taken before.

        Raises:
            Refusal: it holds files that no run of this source brought there.
        """
        if self.claimed:
            return
        if foreign := next(iter(target.stored()), None):
            raise Refusal(
                f"the target holds files that this source did not bring, such as {shown(foreign.path)}.",
                where=target.place,
                remedy="Give an empty folder or prefix.",
            )
        self.store.write_new(_CLAIM, encode({"target": target.place, "run": run}))

    def keep(self, name: str, sent: Sequence[Sent]) -> None:
        """Add a segment; its name says whose it is, its digest makes it the only one of its kind."""
        data = "".join(line_of(each) for each in sent).encode("ascii")
        self.store.write_new(f"{name}.{hashlib.sha256(data).hexdigest()[:16]}.jsonl", data)

    def known(self, first: str, last: str) -> dict[tuple[str, str], Sent]:
        """Everything on record from `first` to `last`, both included, by path and identity."""
        low, high = order(first), order(last)
        return {(sent.path, sent.identity): sent for sent in self._all() if low <= order(sent.path) <= high}

    def replace(self, name: str, manifest: Path) -> None:
        """Put one whole manifest in the place of all segments."""
        segments = [path for path in self.store.list() if path.endswith(".jsonl") and path != f"{name}.jsonl"]
        self.store.delete_tree(f"{name}.jsonl")
        self.store.put_file(f"{name}.jsonl", manifest)
        for path in segments:
            self.store.delete_tree(path)

    def forget(self) -> None:
        """Remove the journal; only with the target itself, after a rehearsal."""
        self.parent.delete_tree(self.name)

    def _all(self) -> Iterator[Sent]:
        with TemporaryDirectory() as folder:
            for path in self.store.list():
                if path.endswith(".jsonl"):
                    yield from _read(self.store, path, Path(folder) / "segment")


def _read(store: Store, path: str, local: Path) -> Iterator[Sent]:
    with local.open("wb") as file:
        for block in store.chunks(path):
            file.write(block)
    with local.open(encoding="ascii") as lines:
        for line in lines:
            yield Sent(**json.loads(line))
