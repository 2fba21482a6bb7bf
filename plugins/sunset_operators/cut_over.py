"""Cutover: the target takes over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset_operators.base import StageOperator
from sunset_operators.evidence import require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class RecordCutover(StageOperator):
    """Record that the target is the product's data from now on. From here on the source is not thawed."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if earlier := run.dossier.latest("cut_over", "cutover"):
            return {"at": earlier["at"]}
        require_before(run, "cut_over", "cutover")
        record = {**run.describe(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
        return run.dossier.record("cut_over", "cutover", record).to_json()
