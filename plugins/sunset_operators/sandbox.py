"""A rehearsal's sandbox: a database that lives for one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset_operators.base import SourceOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class OpenSandbox(SourceOperator):
    """Make the run's sandbox database, empty; one left by an earlier try is replaced."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        self.engine(run).open_sandbox()


class DropSandbox(SourceOperator):
    """Drop the run's sandbox database, whatever became of the rehearsal."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        self.engine(run).close_sandbox()
