"""Assess: what would stop the copy or make it fall short, before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sunset.errors import Deviation
from sunset_operators.base import SourceOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class AssessSource(SourceOperator):
    """Run the preflight of a source; a finding of severity error stops the run here."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        findings = self.engine(run).assess()
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
