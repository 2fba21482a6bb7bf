"""The rehearsal goes on record as a round, and is compared with the one before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.dossier.rounds import Outcome, compare, history, previous_round, record_round
from sunset.errors import Deviation
from sunset.reports.pages import round_page
from sunset_operators.base import StageOperator
from sunset_operators.evidence import let_in, rehearsal_gaps
from sunset_operators.figures import REHEARSAL, totals
from sunset_operators.vault import TrialVault

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class RecordRound(StageOperator):
    """Record the round, clean or not; a round that is not clean stops the run."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if not let_in(run):
            raise AirflowSkipException("The run was not let in: there is no round to record.")
        TrialVault().clear(run)
        gaps, figures = rehearsal_gaps(run), totals(run, *REHEARSAL)
        this = record_round(
            run.product_store,
            Outcome(
                run_id=run.run_id,
                spec_digest=run.spec.digest,
                sources=run.selected,
                clean=not gaps,
                differences=gaps,
                seconds=_seconds(run, context),
                rows=figures["rows"],
                bytes=figures["bytes"],
            ),
        )
        known = history(run.product_store)
        comparison = compare(previous_round(known, this), this)
        run.dossier.page("rehearse", "round", round_page(self.spec, known, this, comparison), "html")
        reference = run.dossier.record("rehearse", "round", {**asdict(this), "compared": comparison.to_json()})
        if gaps:
            raise Deviation(
                f"round {this.number} is not clean: " + " | ".join(gaps[:5]),
                where=f"{run.spec.product}: rehearsal",
                remedy="Mend what the round names and rehearse again.",
                differences=gaps,
                record=reference.path,
            )
        return {**reference.to_json(), "round": this.number, "rows": figures["rows"]}


def _seconds(run: StageRun, context: Context) -> dict[str, float]:
    """How long the run took up to here, and how long its units took to copy, in seconds."""
    packs = [run.dossier.latest("rehearse", f"{source}-pack-0") or {"units": []} for source in run.selected]
    started = context["dag_run"].start_date
    return {
        "run": round((datetime.now(UTC) - started).total_seconds(), 1) if started else 0.0,
        "copy": round(sum(unit["seconds"] for pack in packs for unit in pack["units"]), 1),
    }
