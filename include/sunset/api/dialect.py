"""A REST API as a source of one table: what the foreign engine asks, answered from exports of the collection.

An API has neither a snapshot nor a freeze. Its snapshot is an export, which is kept; that it stood still is proven by
another export that is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from sunset.api.client import ApiClient
from sunset.api.export import Collection
from sunset.api.exports import Export, Exports
from sunset.api.reader import ExportReader
from sunset.database.foreign.facts import whole
from sunset.database.foreign.model import Column, Index, Schema, Table
from sunset.database.foreign.names import address
from sunset.database.foreign.reader import Misfit
from sunset.database.foreign.types import form_of
from sunset.dossier.store import Store
from sunset.engine import Finding, Frozen, Unit

OpenClient = Callable[[], AbstractContextManager[ApiClient]]


@dataclass(frozen=True, slots=True)
class ApiDialect:
    """One collection of an API.

    Attributes:
        collection: what is exported.
        open_client: opens a session with the API.
        pages: where exports are kept, each purpose in a folder of its own.
        purpose: whose exports are read and taken.
        namespace, table: the table on the target.
        ordered_like: purpose whose newest export sets the order of the columns; empty for the items' own order.
        report: gets the progress of an export.
    """

    collection: Collection
    open_client: OpenClient
    pages: Store
    purpose: str
    namespace: str
    table: str
    report: Callable[[str], None]
    ordered_like: str = ""

    @property
    def place(self) -> str:
        return self.collection.url

    @property
    def exports(self) -> Exports:
        return Exports(self.pages.child(self.purpose), self.collection)

    def for_(self, purpose: str) -> ApiDialect:
        """The same collection, with the exports of another purpose; equal columns keep their order."""
        return replace(self, purpose=purpose, ordered_like=self.purpose)

    def take(self) -> Export:
        """Take a new export for this purpose; the same call after a kill goes on with it."""
        with self.open_client() as client:
            return self.exports.take(client, self.report)

    def schema(self) -> Schema:
        taken = self._taken()
        columns = tuple(self._column(name, type_) for name, type_ in taken.columns)
        keyed = any(column.name == self.collection.id and column.form != "json" for column in columns)
        key = (Index("", (self.collection.id,), unique=True, primary=True),) if keyed else ()
        where = address(self.namespace, self.table)
        return Schema((Table(self.namespace, self.table, where, columns, key, rows=taken.rows),))

    def units(self, tables: Sequence[Table]) -> Sequence[Unit]:
        return [whole(table) for table in tables]

    @contextmanager
    def snapshot(self, readers: int) -> Iterator[Sequence[ExportReader]]:  # noqa: ARG002
        yield [ExportReader(self.exports, self._taken())]

    def findings(self, schema: Schema) -> Sequence[Finding]:  # noqa: ARG002
        taken = self._taken()
        found = [Finding("info", "api_items", self.place, f"{taken.rows:,} items on {taken.pages:,} pages.")]
        if taken.doubles or taken.changed:
            message = f"{taken.doubles} items came twice, {taken.changed} changed while the pages were read."
            found.append(Finding("warning", "api_moves", self.place, message, "Stop the writers before the copy."))
        if taken.pages == 1 and taken.rows and self.collection.pagination:
            message, remedy = "one page was all.", "Make sure that it is: a wrong path in `pagination` ends there too."
            found.append(Finding("warning", "api_one_page", self.place, message, remedy))
        if not taken.columns:
            message = "has no items: no column can be found."
            found.append(Finding("error", "api_empty", self.place, message, "Take the source out of the spec."))
        return found

    def misfits(self, tables: Sequence[Table]) -> Sequence[Misfit]:  # noqa: ARG002
        """None: the columns are made to hold every value."""
        return ()

    def orphans(self, tables: Sequence[Table]) -> Mapping[tuple[str, str], int]:  # noqa: ARG002
        """None: there are no foreign keys."""
        return {}

    def last_writes(self, tables: Sequence[Table]) -> Mapping[str, str]:  # noqa: ARG002
        """None: an API says nothing of it."""
        return {}

    def freeze(self) -> Frozen:
        """Nobody freezes an API from outside; what is exported after this is held against a later export."""
        return Frozen("a REST API: proven by reading it again", 0)

    def prove_frozen(self) -> None:
        """There is no write to try; the export that follows is the proof."""

    def thaw(self) -> None:
        """Nothing was frozen."""

    def _taken(self) -> Export:
        taken = self.exports.latest() or self.take()
        model = Exports(self.pages.child(self.ordered_like), self.collection).latest() if self.ordered_like else None
        same = model is not None and set(model.columns) == set(taken.columns)
        return replace(taken, columns=model.columns) if model and same else taken

    def _column(self, name: str, type_: str) -> Column:
        return Column(name, type_, type_, form_of(type_), nullable=name != self.collection.id)
