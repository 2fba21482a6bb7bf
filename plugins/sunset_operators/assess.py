"""Assess: what would stop the copy or make it fall short, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sunset.engine import Finding
from sunset.errors import Deviation, Refusal
from sunset_operators.archive import bag_of
from sunset_operators.base import SourceOperator
from sunset_operators.copy import source_checks

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class AssessSource(SourceOperator):
    """Run the preflight of a source; a finding of severity error stops the run here.

    :param archive_conn_id: connection of the archive's store (templated).
    """

    template_fields: Sequence[str] = ("conn_ids", "archive_conn_id")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.archive_conn_id = self.spec.archive.conn_id

    def carry_out(self, run: StageRun, context: Context) -> Any:
        findings = (*self.engine(run).assess(), *self.faulty_checks(run), *self.archive_out_of_reach(run))
        record = {"source": self.source.name, "findings": [finding.to_json() for finding in findings]}
        reference = run.dossier.record("assess", self.source.name, record)
        errors = tuple(
            f"{finding.code}: {finding.subject}: {finding.message} {finding.remedy}".strip()
            for finding in findings
            if finding.severity == "error"
        )
        if errors:
            raise Deviation(
                f"{len(errors)} findings stop the run: " + " | ".join(errors[:5]),
                where=f"source {self.source.name!r}",
                remedy="",
                differences=errors,
                record=reference.path,
            )
        return {**reference.to_json(), **Counter(finding.severity for finding in findings)}

    def faulty_checks(self, run: StageRun) -> Iterator[Finding]:
        """The spec's own checks that the source cannot answer."""
        for answer in self.engine(run).faulty(source_checks(self.spec, self.source.name)):
            message = f"the source cannot answer it: {answer.fault}."
            remedy = "Correct its SQL under validation.checks; names need their schema."
            yield Finding("error", "check", answer.check, message, remedy)

    def archive_out_of_reach(self, run: StageRun) -> Iterator[Finding]:
        """The archive is filled last, and looked for first; a dry run writes nothing, so it only looks."""
        try:
            bag = bag_of(run, self.archive_conn_id)
            bag.scan()
            if run.reaches("rehearse"):
                bag.prove_writable()
        except Refusal as error:
            yield Finding("error", "archive", error.where, error.what, error.remedy)
