"""Discover: every asset of a source, what is known of it, and what the spec's rules make of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.catalogue.coverage import coverage
from sunset.catalogue.entries import catalogue
from sunset.catalogue.pages import write_documents
from sunset_operators import settings
from sunset_operators.base import SourceOperator, StageOperator
from sunset_operators.days import today

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class DiscoverAssets(SourceOperator):
    """Write the catalogue of a source, with a disposition for each asset."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        engine = self.engine(run)
        made = catalogue(engine, self.spec.dispositions, today())
        record = {**made.to_json(), "place": engine.place}
        reference = run.dossier.record("discover", self.source.name, record)
        counts = {"undecided": len(record["undecided"]), "not_carried": record["not_carried"]}
        return {**reference.to_json(), "assets": len(made.entries), **counts}


class WriteCatalogue(StageOperator):
    """Prove that every asset has its disposition, and lay the catalogues of all sources out for people."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        records = {source: run.evidence("discover", source) for source in run.selected}
        proof = coverage(records)
        reference = run.dossier.record("discover", "coverage-proof", proof)
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            write_documents(Path(folder), self.spec, run.describe(), records, proof)
            run.dossier.add_tree("discover", "catalogue-documents", Path(folder))
        return {**reference.to_json(), **proof["totals"]}
