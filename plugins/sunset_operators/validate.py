"""Validation: every row of every table, every object, the spec's own checks; the evidence first, then the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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

    from sunset.dossier.dossier import Reference
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
        evidence = {
            "about": record_digest(run, self.stage, f"{name}-source-facts"),
            "not_carried": run.evidence("discover", name).get("not_carried", 0),
            **_without_folder(result.to_json()),
        }
        reference = run.dossier.record(self.record_stage, f"{name}-validation", evidence)
        found = {**reference.to_json(), **_without_folder(result.summary())}
        context["ti"].xcom_push(key="validation", value=found)  # a task that fails returns nothing
        if not result.success:
            raise _deviation(name, result, reference.path)
        return {**reference.to_json(), "statistics": found["statistics"]}

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
            sides=engine.sides(),
            target=engine.target,
            folder=folder,
            checks=source_checks(self.spec, name),
            source_readings=Readings.from_json(first["readings"]) if "readings" in first else None,
        )


class ProveSourceStoodStill(SourceOperator):
    """Measure a frozen source again: its facts now are those that were copied, and those of the backup before.

    :param stage: the stage that needs the proof, and takes its record.
    """

    def __init__(self, *, stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stage = stage

    def carry_out(self, run: StageRun, context: Context) -> Any:
        engine, name = self.engine(run), self.source.name
        require_before(run, self.stage)
        engine.prove_frozen()
        now = engine.source_facts()
        before = moved_since_backup(run, name, now)
        lines, reference = hold_against_copied(run, name, now, self.stage, "stood-still", before)
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
        lines, reference = hold_against_copied(run, name, self.engine(run).facts(), "cut_over", "target-unchanged")
        if lines:
            raise Deviation(
                f"the target was changed after it was validated, in {len(lines)} points: " + " | ".join(lines[:5]),
                where=f"source {name!r}",
                remedy="Find out who wrote to it; undo that, or empty it and start a new run.",
                differences=lines,
                record=reference.path,
            )
        return reference.to_json()


def hold_against_copied(
    run: StageRun, source: str, now: Facts, stage: str, what: str, before: Sequence[str] = ()
) -> tuple[tuple[str, ...], Reference]:
    """Compare facts with those of the migrated snapshot, and record the outcome.

    Args:
        run: the run.
        source: whose facts.
        now: the facts.
        stage: the stage that takes the record.
        what: what the record is called, behind the source's name.
        before: differences that were found already.

    Returns:
        One line for each difference, and where the record lies.
    """
    copied = Facts.from_json(run.evidence("migrate", f"{source}-source-facts"))
    found = (str(difference) for difference in compare(copied, now))
    lines = tuple(dict.fromkeys([*before, *found]))
    about = record_digest(run, "migrate", f"{source}-source-facts")
    record = {"source": source, "about": about, "differences": list(lines)}
    return lines, run.dossier.record(stage, f"{source}-{what}", record)


def moved_since_backup(run: StageRun, source: str, now: Facts) -> tuple[str, ...]:
    """How the migrated tables differ from the backup, which is taken behind the freeze and before the copy.

    What was changed between the two, the copy holds as it found it, and its own facts with it.
    """
    saved = Facts.from_json(run.evidence("back_up", f"{source}-backup")["facts"])
    tables = {fact.table for fact in now.tables}
    objects = {(fact.kind, fact.identity) for fact in now.objects}
    backup = Facts(
        tables=tuple(fact for fact in saved.tables if fact.table in tables),
        objects=tuple(fact for fact in saved.objects if (fact.kind, fact.identity) in objects),
    )
    return tuple(str(difference) for difference in compare(backup, replace(now, sequences=())))


def _without_folder(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out a path of the worker; the documents lie beside the record."""
    return {key: value for key, value in result.items() if key != "folder"}


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
