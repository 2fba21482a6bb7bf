"""Validation of a copied file tree, the proofs before the cutover, and the cleaning up behind everything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.errors import Deviation
from sunset.files.comparing import listing_differences
from sunset.files.entries import read_entries, read_sent
from sunset.files.proof import changed_since
from sunset_operators.evidence import record_digest, require_before
from sunset_operators.file_base import FileOperator, fetch_lines, work_folder
from sunset_operators.file_copy import FileCopyOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun

_SHOWN = 1000
"""Differences that a record names."""


class ValidateFiles(FileCopyOperator):
    """Read every object of the target back, and compare with the manifest of what was sent.

    :param record_stage: the stage whose folder takes the result.
    """

    def __init__(self, *, record_stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.record_stage = record_stage

    def carry_out(self, run: StageRun, context: Context) -> Any:
        from sunset.files.validation import validate

        name = self.source.name
        with work_folder() as folder:
            manifest = fetch_lines(run, self.stage, f"{name}-manifest", folder)
            (folder / "documents").mkdir()
            result = validate(name, manifest, self.target(run), self.places.limits(), folder / "documents")
            run.dossier.add_tree(self.record_stage, f"{name}-validation-documents", folder / "documents")
        about = record_digest(run, self.stage, f"{name}-source-facts")
        not_carried = run.evidence("discover", name)["not_carried"]
        evidence = {"source_name": name, "about": about, "not_carried": not_carried, **result.to_json()}
        reference = run.dossier.record(self.record_stage, f"{name}-validation", evidence)
        if not result.success:
            lines = (*result.differences, *map(str, result.outcome.failures))
            raise Deviation(
                f"validation failed: {result.differing} files differ: " + " | ".join(lines[:15]),
                where=f"source {name!r}",
                remedy=f"The record {reference.path} names every difference.",
                differences=lines,
                record=reference.path,
            )
        return {**reference.to_json(), "statistics": result.to_json()["statistics"]}


class ProofOperator(FileOperator):
    """A proof that one side is still as it was migrated.

    :param stage: the stage that needs the proof, and takes its record.
    """

    def __init__(self, *, stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stage = stage

    def hold(self, run: StageRun, lines: Iterator[str], what: str, message: str, remedy: str) -> Any:
        """Record the differences, as many as are shown, and fail if there are any.

        Raises:
            Deviation: there are differences.
        """
        name, shown = self.source.name, tuple(islice(lines, _SHOWN))
        about = record_digest(run, "migrate", f"{name}-source-facts")
        record = {"source": name, "about": about, "differences": list(shown)}
        reference = run.dossier.record(self.stage, f"{name}-{what}", record)
        if shown:
            raise Deviation(
                f"{message}, in {len(shown)} points: " + " | ".join(shown[:5]),
                where=f"source {name!r}",
                remedy=remedy,
                differences=shown,
                record=reference.path,
            )
        return reference.to_json()


class ProveFilesStoodStill(ProofOperator):
    """List a frozen tree again: it is what was listed at the freeze, and so what was copied."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.stage)
        with work_folder() as folder:
            frozen = fetch_lines(run, "freeze", f"{self.source.name}-listing", folder)
            lines = listing_differences(read_entries(frozen), self.places.origin().entries())
            return self.hold(
                run,
                lines,
                "stood-still",
                "the source was changed after the freeze",
                "Find the writer, and start a new run: it sends what changed.",
            )


class ProveFilesUnchanged(ProofOperator):
    """Look at the target again before it takes over: it is what was validated and accepted."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.stage)
        with work_folder() as folder:
            manifest = fetch_lines(run, "migrate", f"{self.source.name}-manifest", folder)
            lines = changed_since(read_sent(manifest), self.places.target(), self.places.limits())
            return self.hold(
                run,
                lines,
                "target-unchanged",
                "the target was changed after it was validated",
                "Find out who wrote to it, and start a new run: it sends what is not right any more.",
            )


class DropFileSandbox(FileCopyOperator):
    """Remove the folder of the rehearsal, whatever became of it."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        self.target(run).remove()
        self.journal(run).forget()


class CleanUpFiles(FileOperator):
    """Leave no unfinished file and no open upload on the target, whatever became of the run."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if not run.dossier.latest("migrate", f"{self.source.name}-units"):
            raise AirflowSkipException("The run never wrote to the target.")
        removed = self.places.target().clean_up()
        self.log.info("%s: %s unfinished files or uploads were removed.", self.source.name, removed)
