"""The engine for REST APIs: the foreign engine over exports, with a new export wherever the source is read anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sunset.api.dialect import ApiDialect
from sunset.catalogue.survey import Limits, Surveyed
from sunset.database.foreign.engine import ForeignEngine
from sunset.engine import Asset, Backup, Report
from sunset.validation.facts import Facts

MIGRATION, REHEARSAL, BACKUP, PROOF = "migrate", "rehearse", "backup", "proof"
"""Purposes of exports."""


@dataclass(frozen=True)
class ApiEngine(ForeignEngine):
    """One collection of a REST API of one run.

    Exports are kept by purpose: the catalogue's, the rehearsal's and the migration's, which validation reads again;
    the backup's, and those that prove that the API stood still, are read once.
    """

    dialect: ApiDialect

    def discover(self) -> tuple[Asset, ...]:
        """The collection, by the migration's exports, of which the first is taken for the catalogue."""
        catalogued = replace(self, dialect=self.dialect.for_(MIGRATION))
        return tuple(replace(asset, kind="collection") for asset in ForeignEngine.discover(catalogued))

    def survey(self, limits: Limits) -> Iterator[Surveyed]:
        return ForeignEngine.survey(replace(self, dialect=self.dialect.for_(MIGRATION)), limits)

    def in_sandbox(self) -> ForeignEngine:
        return replace(ForeignEngine.in_sandbox(self), dialect=self.dialect.for_(REHEARSAL))

    def dump_schema(self, folder: Path) -> None:
        self.dialect.take()
        ForeignEngine.dump_schema(self, folder)

    def source_facts(self) -> Facts:
        """The facts of a new export; were its columns others than those that were copied, that is a change too."""
        later = self.dialect.for_(PROOF)
        later.take()
        return ForeignEngine.source_facts(replace(self, dialect=later))

    def back_up(self, folder: Path, report: Report) -> Backup:
        saved = self.dialect.for_(BACKUP)
        saved.take()
        return ForeignEngine.back_up(replace(self, dialect=saved), folder, report)

    def export(self, folder: Path, left_out: Sequence[str]) -> None:
        """As of any source, and the raw pages of the migrated export beside it."""
        ForeignEngine.export(self, folder, left_out)
        exports = self.dialect.exports
        taken = exports.latest()
        assert taken is not None
        raw = exports.raw(taken)
        (folder / "pages").mkdir()
        for path in raw.list():
            (folder / "pages" / path).write_bytes(raw.read(path))
