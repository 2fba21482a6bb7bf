"""What the items of an export come to: columns that hold them all, and those that came more than once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sunset.api.body import MISSING, encodable, find
from sunset.api.columns import Columns
from sunset.api.export import Collection
from sunset.errors import Refusal

MOST_DOUBLES = 100_000
# Without a path SQLite keeps a temporary file: ids need not fit into memory.
_TEMPORARY = ""
_TABLE = "CREATE TABLE item (id TEXT PRIMARY KEY, page INT, place INT, digest BLOB) WITHOUT ROWID"

Spot = tuple[int, int]
"""Number of a page, and the place of an item on it, from 0."""
Row = tuple[str, int, int, bytes]


@dataclass(slots=True)
class Settling:
    """Looks at the pages of one export as they come.

    Attributes:
        collection: what is exported.
        known: an empty database for what came so far, by id.
        columns: types that hold every item.
        rows: number of distinct items.
        doubles: items that came again, with the same content.
        changed: items that came again, and changed in between.
        skipped: where items lie that a later one stands for.
    """

    collection: Collection
    known: sqlite3.Connection
    columns: Columns = field(default_factory=Columns)
    rows: int = 0
    doubles: int = 0
    changed: int = 0
    skipped: list[Spot] = field(default_factory=list)

    def look(self, page: int, items: Sequence[Any]) -> None:
        """Look at the items of the next page.

        Raises:
            Refusal: one of them is no object, has no id, or a key that no column can be called; or too many came twice.
        """
        rows = [self._row((page, place), item) for place, item in enumerate(items)]
        known = len(self.columns.types)
        self.columns.add(items)
        if len(self.columns.types) > known:
            self._require_names(page)
        if not rows:
            return
        new = self.known.executemany("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?)", rows).rowcount
        self.rows += new
        if new < len(rows):
            for row in rows:
                self._look_again(row)

    def _row(self, spot: Spot, item: Any) -> Row:
        if not isinstance(item, Mapping):
            raise self._no_item(spot, "is no object")
        found = find(item, self.collection.id)
        if found in (MISSING, None):
            raise self._no_item(spot, f"has no id at {self.collection.id!r}")
        # Python's own text of a decoded value tells all that JSON tells: types, order of keys, digits.
        return repr(found), *spot, sha256(repr(item).encode("utf-8", "surrogatepass")).digest()

    def _look_again(self, row: Row) -> None:
        """Let the later one of two items with one id stand."""
        key, page, place, digest = row
        before = self.known.execute("SELECT page, place, digest FROM item WHERE id = ?", [key]).fetchone()
        if before[:2] == (page, place):
            return
        self.skipped.append((before[0], before[1]))
        self.doubles, self.changed = self.doubles + (before[2] == digest), self.changed + (before[2] != digest)
        self._require_few()
        self.known.execute("UPDATE item SET page = ?, place = ?, digest = ? WHERE id = ?", [page, place, digest, key])

    def _require_names(self, page: int) -> None:
        for name in self.columns.types:
            if "\0" in name or not encodable(name):
                raise Refusal(
                    f"has the key {name!a}, which no column can be called.",
                    where=f"{self.collection.name}: page {page}",
                    remedy="Have the key renamed at the source.",
                )

    def _no_item(self, spot: Spot, what: str) -> Refusal:
        where = f"{self.collection.name}: item {spot[1] + 1} of page {spot[0]}"
        return Refusal(f"{what}.", where=where, remedy="Correct `items` and `id` in the spec.")

    def _require_few(self) -> None:
        if len(self.skipped) > MOST_DOUBLES:
            raise Refusal(
                f"more than {MOST_DOUBLES:,} items came twice.",
                where=self.collection.name,
                remedy="Correct `id` or `pagination` in the spec: this is no list of distinct items.",
            )


@contextmanager
def settling(collection: Collection) -> Iterator[Settling]:
    """Of one export, for as long as the block runs."""
    with closing(sqlite3.connect(_TEMPORARY)) as known:
        known.execute(_TABLE)
        yield Settling(collection, known)
