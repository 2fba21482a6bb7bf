"""Validation: every row of every table, every object, the spec's own checks; the evidence first, then the verdict."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.errors import Deviation
from sunset.validation.compare import compare
from sunset.validation.facts import Facts
from sunset.validation.readings import Readings
from sunset_operators import settings
from sunset_operators.base import SourceOperator
from sunset_operators.copy import CopyOperator, source_checks
from sunset_operators.evidence import record_digest, require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.validation.request import ValidationRequest
    from sunset.validation.result import ValidationResult
    from sunset_operators.stage_run import StageRun


class ValidateSource(CopyOperator):
    """Compare the target with the facts that were taken on the copied snapshot.

    :param stage: the stage whose folder takes the result.
    """

    def __init__(self, *, record_stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.record_stage = record_stage

    def carry_out(self, run: StageRun, context: Context) -> Any:
        from sunset.validation.validate import validate

        engine, name = self.engine(run), self.source.name
        with engine.locked(f"{self.record_stage} validation"), TemporaryDirectory(dir=settings.work_folder()) as folder:
            result = validate(self.request(run, Path(folder) / "docs"))
            run.dossier.add_tree(self.record_stage, f"{name}-validation-documents", result.folder)
        evidence = {"about": record_digest(run, self.stage, f"{name}-source-facts"), **_evidence(result)}
        reference = run.dossier.record(self.record_stage, f"{name}-validation", evidence)
        if not result.success:
            raise _deviation(name, result, reference.path)
        return {**reference.to_json(), "statistics": result.summary()["statistics"]}

    def request(self, run: StageRun, folder: Path) -> ValidationRequest:
        """What is to be compared, from the records of the copy."""
        from sunset.validation.request import ValidationRequest

        engine, name = self.engine(run), self.source.name
        plan = run.evidence(self.stage, f"{name}-units")
        facts = run.evidence(self.stage, f"{name}-source-facts")
        first = run.evidence(self.stage, f"{name}-pack-0")
        return ValidationRequest(
            name=name,
            source_facts=Facts.from_json(facts),
            target_facts=engine.facts(),
            expected_tables=tuple(plan["tables"]),
            source=engine.source,
            target=engine.target,
            folder=folder,
            checks=source_checks(self.spec, name),
            source_readings=Readings.from_json(first["readings"]) if "readings" in first else None,
        )


class ProveSourceStoodStill(SourceOperator):
    """Measure a frozen source again: its facts now are those that were taken on the way.

    :param stage: the stage that needs the proof, and takes its record.
    """

    def __init__(self, *, stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stage = stage

    def carry_out(self, run: StageRun, context: Context) -> Any:
        engine, name = self.engine(run), self.source.name
        require_before(run, self.stage)
        engine.prove_frozen()
        taken = run.evidence("migrate", f"{name}-source-facts")
        lines = tuple(str(difference) for difference in compare(Facts.from_json(taken), engine.source_facts()))
        about = record_digest(run, "migrate", f"{name}-source-facts")
        record = {"source": name, "about": about, "differences": list(lines)}
        reference = run.dossier.record(self.stage, f"{name}-stood-still", record)
        if lines:
            raise Deviation(
                f"the source was changed after the freeze, in {len(lines)} points: " + " | ".join(lines[:5]),
                where=f"source {name!r}",
                remedy="Find the writer, empty the target and start a new run.",
                differences=lines,
                record=reference.path,
            )
        return reference.to_json()


class ProveTargetUnchanged(SourceOperator):
    """Measure the target again before it takes over: it is what was validated and accepted."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name = self.source.name
        require_before(run, "cut_over")
        taken = run.evidence("migrate", f"{name}-source-facts")
        lines = tuple(str(difference) for difference in compare(Facts.from_json(taken), self.engine(run).facts()))
        about = record_digest(run, "migrate", f"{name}-source-facts")
        record = {"source": name, "about": about, "differences": list(lines)}
        reference = run.dossier.record("cut_over", f"{name}-target-unchanged", record)
        if lines:
            raise Deviation(
                f"the target was changed after it was validated, in {len(lines)} points: " + " | ".join(lines[:5]),
                where=f"source {name!r}",
                remedy="Find out who wrote to it; undo that, or empty it and start a new run.",
                differences=lines,
                record=reference.path,
            )
        return reference.to_json()


def _evidence(result: ValidationResult) -> dict[str, Any]:
    evidence = result.to_json()
    del evidence["folder"]  # a path of the worker; the documents lie beside this record
    return evidence


def _deviation(source: str, result: ValidationResult, record: str) -> Deviation:
    lines = (*result.lines(), *_rows(result))
    more = f" | and {len(lines) - 15} more" if len(lines) > 15 else ""
    return Deviation(
        f"validation failed in {len(lines)} points: " + " | ".join(lines[:15]) + more,
        where=f"source {source!r}",
        remedy=f"The record {record} names every difference and the rows concerned.",
        differences=lines,
        record=record,
    )


def _rows(result: ValidationResult) -> tuple[str, ...]:
    """The rows that differ, by their keys: as many as fit into an error."""
    return tuple(
        f"{rows.table}: row {row.key} {state}"
        for rows in result.narrowed
        for state in ("missing", "unexpected", "changed")
        for row in getattr(rows, state)[:5]
    )
