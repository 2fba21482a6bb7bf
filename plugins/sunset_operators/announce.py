"""Announce: who is to be told what and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset_operators.base import StageOperator
from sunset_operators.evidence import require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class PreviewNotices(StageOperator):
    """Record the audiences of the spec; a spec that names any is refused until notices can be sent."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "announce")
        audiences = [audience.name for audience in self.spec.notices.audiences]
        return run.dossier.record("announce", "notices", {**run.describe(), "audiences": audiences}).to_json()
