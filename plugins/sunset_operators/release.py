"""Before the cutover: what only served the copy is taken off the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset_operators.base import SourceOperator
from sunset_operators.evidence import require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class RemoveCheckpoint(SourceOperator):
    """Drop the copy's checkpoint from the target: the copy is accepted and will not be continued."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "cut_over", "cutover")
        self.engine(run).forget()
