"""The rehearsal goes on record as a round, and is compared with the one before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.dossier.rounds import Outcome, compare, history, previous_round, record_round
from sunset.errors import Deviation, Refusal
from sunset.rehearsal.durations import STEPS, Span, wall_seconds
from sunset.rehearsal.rules import broken, rules
from sunset.reports.pages import round_page
from sunset_operators.base import TOOK, StageOperator
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
                exposed=_open_points(run),
                seconds=_seconds(run, context),
                rows=figures["rows"],
                bytes=figures["bytes"],
            ),
        )
        known = history(run.product_store)
        before = previous_round(known, this)
        comparison, judged = compare(before, this), rules(self.spec, before, this, datetime.now(UTC))
        run.dossier.page("rehearse", "round", round_page(self.spec, known, this, comparison, judged), "html")
        record = {**asdict(this), "compared": comparison.to_json(), "rules": [rule.to_json() for rule in judged]}
        reference = run.dossier.record("rehearse", "round", record)
        if gaps:
            raise Deviation(
                f"round {this.number} is not clean: " + " | ".join(gaps[:5]),
                where=f"{run.spec.product}: rehearsal",
                remedy="Mend what the round names and rehearse again.",
                differences=gaps,
                record=reference.path,
            )
        if run.reaches("execute") and (stopping := broken(judged)):
            raise Refusal(
                f"round {this.number} says no-go: " + " | ".join(f"{rule.name}: {rule.detail}" for rule in stopping),
                where=f"{run.spec.product}: rehearsal",
                remedy="Mend it, or change what the spec asks for, and rehearse again.",
            )
        return {**reference.to_json(), "round": this.number, "rows": figures["rows"]}


def _open_points(run: StageRun) -> tuple[str, ...]:
    """What is open on the sources, a line each."""
    records = {
        source: run.dossier.latest("assess", f"{source}-security") or {"findings": []} for source in run.selected
    }
    return tuple(
        f"{source}: {each['code']}: {each['subject']}: {each['message']}"
        for source, record in records.items()
        for each in record["findings"]
    )


def _seconds(run: StageRun, context: Context) -> dict[str, float]:
    """How long the run took up to here, and how long its units took to copy, in seconds."""
    packs = [run.dossier.latest("rehearse", f"{source}-pack-0") or {"units": []} for source in run.selected]
    started = context["dag_run"].start_date
    return {
        "run": round((datetime.now(UTC) - started).total_seconds(), 1) if started else 0.0,
        "copy": round(sum(unit["seconds"] for pack in packs for unit in pack["units"]), 1),
        **{stage: wall_seconds(_spans(run, context, stage)) for stage in STEPS},
    }


def _spans(run: StageRun, context: Context, stage: str) -> list[Span]:
    """When the tasks of this run began and ended that do what a stage of an execution does."""
    here = stage if stage in ("discover", "assess") else "rehearse"
    known = set(context["dag"].task_ids)
    tasks = [f"{here}.{source}.{step}" for source in run.selected for step in STEPS[stage]]
    found = context["ti"].xcom_pull(task_ids=[task for task in tasks if task in known], key=TOOK)
    return [(began, ended) for began, ended in filter(None, found or [])]
