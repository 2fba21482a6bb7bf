"""Freeze and thaw: the source is read-only from the go/no-go on; for good only if the run was cut over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.catalogue.aged import require_still_old
from sunset_operators.base import SourceOperator
from sunset_operators.decide import require_open_window
from sunset_operators.evidence import require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class FreezeSource(SourceOperator):
    """Make the source read-only and prove it by a write that fails."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "freeze")
        require_open_window(self.spec)
        # On record before it happens: whatever becomes of this task, the thaw knows that it has work.
        run.dossier.record("freeze", f"{self.source.name}-intent", run.describe())
        engine = self.engine(run)
        frozen = engine.freeze()
        require_still_old(run.evidence("discover", self.source.name), self.spec.dispositions, engine.particulars())
        record = {"source": self.source.name, "position": frozen.position, "ended_sessions": frozen.ended_sessions}
        return run.dossier.record("freeze", self.source.name, record).to_json()


class ThawSource(SourceOperator):
    """Let the source be written again, unless the run was cut over: then it stays read-only."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if run.dossier.latest("cut_over", "cutover"):
            self.log.info("The run was cut over: %s stays read-only.", self.source.name)
            return
        if not run.dossier.latest("freeze", f"{self.source.name}-intent"):
            raise AirflowSkipException("The run never came to the freeze.")
        self.engine(run).thaw()
        self.log.info("The run was not cut over: %s can be written again.", self.source.name)
