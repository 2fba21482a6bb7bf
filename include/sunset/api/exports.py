"""The exports of one collection: each a folder of raw pages, and what was found in them once it was whole.

An item is known by its id. One that came twice with one content counts once; of one that changed while the pages were
read, the later content counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sunset.api.body import decode, items_of
from sunset.api.client import ApiClient
from sunset.api.columns import Type
from sunset.api.export import Collection, export
from sunset.api.pagelog import PageLog
from sunset.api.settling import Spot, settling
from sunset.dossier.store import Store
from sunset.errors import Refusal

_DONE, _REFUSED = "export.json", "refused.json"


@dataclass(frozen=True, slots=True)
class Export:
    """One whole export.

    Attributes:
        number: from 1, counted in its folder.
        pages: number of pages.
        rows: number of distinct items.
        doubles: items that came more than once, with one content.
        changed: items that came more than once, and changed in between.
        total: the number of items that the server claims, where it does.
        columns: name and type of each column, by the items.
        skipped: where items lie that another one stands for.
    """

    number: int
    pages: int
    rows: int
    doubles: int
    changed: int
    total: int | None
    columns: tuple[tuple[str, Type], ...]
    skipped: tuple[Spot, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Export:
        columns = tuple((name, type_) for name, type_ in data["columns"])
        return cls(**{**data, "columns": columns, "skipped": tuple((page, place) for page, place in data["skipped"])})


@dataclass(frozen=True, slots=True)
class Exports:
    """All exports of one collection for one purpose, numbered; the newest whole one counts."""

    store: Store
    collection: Collection

    def latest(self) -> Export | None:
        """The newest whole export, or None."""
        whole = [path for path in self.store.list() if path.endswith(f"/{_DONE}")]
        return Export.from_json(json.loads(self.store.read(max(whole)))) if whole else None

    def take(self, client: ApiClient, report: Callable[[str], None]) -> Export:
        """Take a new export; one that was broken off is gone on with.

        Raises:
            Refusal: the API said no, its pages contradict each other, or the server claims another number of items.
            Unavailable: no answer; what was read is kept.
        """
        ended = [path for path in self.store.list() if path.endswith((f"/{_DONE}", f"/{_REFUSED}"))]
        number = int(max(ended, default="export-0").partition("/")[0].partition("-")[2]) + 1
        log = self._log(number)
        with settling(self.collection) as found:
            exported = export(client, self.collection, log, report, found.look)
            taken = Export(
                number=number,
                pages=exported.pages,
                rows=found.rows,
                doubles=found.doubles,
                changed=found.changed,
                total=exported.total,
                columns=found.columns.settled(),
                skipped=tuple(found.skipped),
            )
        if taken.total is not None and taken.total != taken.rows:
            self.store.write_new(f"{_folder(number)}/{_REFUSED}", json.dumps(asdict(taken)).encode())
            raise Refusal(
                f"the server claims {taken.total} items, and {taken.rows} came ({taken.doubles} of them twice).",
                where=self.collection.name,
                remedy="Items moved while the pages were read: stop the writers, or page by a cursor; run it again.",
            )
        self.store.write_new(f"{_folder(number)}/{_DONE}", json.dumps(asdict(taken)).encode())
        return taken

    def items(self, taken: Export) -> Iterator[Mapping[str, Any]]:
        """The items of an export, each once, in the order of the pages."""
        skipped = set(taken.skipped)
        return (item for spot, item in self._all(self._log(taken.number)) if spot not in skipped)

    def raw(self, taken: Export) -> Store:
        """Where the raw pages of an export lie."""
        return self.store.child(_folder(taken.number))

    def _log(self, number: int) -> PageLog:
        return PageLog(self.store.child(_folder(number)))

    def _all(self, log: PageLog) -> Iterator[tuple[Spot, Mapping[str, Any]]]:
        for kept in log.pages():
            where = f"{self.collection.name}: page {kept.number}"
            items = items_of(decode(kept.body, where), self.collection.items, where)
            yield from (((kept.number, place), item) for place, item in enumerate(items))


def _folder(number: int) -> str:
    return f"export-{number:06d}"
