"""Decide: the decision goes on record, and an execution is let in only with its rehearsals and its people behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset.dossier.rounds import clean_streak, history
from sunset.errors import Refusal
from sunset_operators.base import StageOperator
from sunset_operators.gates import ReadAnswers

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.spec import Spec
    from sunset_operators.stage_run import StageRun


class RecordDecision(StageOperator):
    """Record who decided what and why; refuse an execution that has no right to start."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if run.reaches("execute"):
            require_reason(run)
            require_window_not_over(run.spec) if run.spec.followed else require_open_window(run.spec)
            require_clean_rounds(run)
        decision = self.spec.normalised()
        return run.dossier.record("decide", "decision", {**run.describe(), "spec": decision}).to_json()


class ReadDecision(ReadAnswers):
    """The answers to the first gate. A run that asks nobody passes it: what comes behind is for every mode."""

    def skip_unless_wanted(self, run: StageRun) -> None:
        """Never skipped: a skip would go on to all that stands behind."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if not run.reaches(self.from_mode):
            self.log.info("A run of mode %s asks nobody.", run.mode)
            return None
        return super().carry_out(run, context)


def require_reason(run: StageRun) -> None:
    """An execution is never started without a word on why."""
    if not run.reason.strip():
        raise Refusal(
            "an execution needs a reason.",
            where=run.run_id,
            remedy="Trigger it again and say in the field Reason why it is carried out now.",
        )


def require_open_window(spec: Spec) -> None:
    """The freeze window is open from `timeline.freeze` to `timeline.cutover`."""
    if datetime.now(UTC) < spec.timeline.freeze:
        raise _outside(spec, "has not opened yet")
    require_window_not_over(spec)


def require_window_not_over(spec: Spec) -> None:
    """What a run needs that follows its source up to the freeze: it may start long before."""
    if datetime.now(UTC) >= spec.timeline.cutover:
        raise _outside(spec, "is over")


def _outside(spec: Spec, state: str) -> Refusal:
    opens, closes = spec.timeline.freeze, spec.timeline.cutover
    return Refusal(
        f"the freeze window {state}: it is open from {opens.isoformat()} to {closes.isoformat()}.",
        where=f"{spec.product}: timeline",
        remedy="Wait for it, or change the dates in the spec; a changed spec needs new rehearsals.",
    )


def require_clean_rounds(run: StageRun) -> None:
    """As many clean rounds in a row, of this very spec and these sources, as the spec asks for."""
    wanted = run.spec.rehearsal.clean_rounds_required
    past_rounds = history(run.product_store)
    streak = clean_streak(past_rounds, run.spec.digest, run.selected)
    if streak >= wanted:
        return
    changed = any(past.spec_digest != run.spec.digest for past in past_rounds[-1:])
    because = " The spec was changed since the last round." if changed else ""
    raise Refusal(
        f"{streak} clean rounds in a row with this spec, {wanted} are required.{because}",
        where=f"{run.spec.product}: rehearsal",
        remedy="Trigger runs in mode rehearse until enough of them are clean.",
    )
