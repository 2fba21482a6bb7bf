"""Close: the verdict over the whole run. The run is green only if this task is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from sunset.alarms.book import AlarmBook
from sunset.dossier.rounds import clean_streak, history
from sunset.dossier.seal import seal
from sunset.errors import Deviation
from sunset.reports.pages import closing_page
from sunset_operators.base import StageOperator
from sunset_operators.evidence import gaps
from sunset_operators.figures import MIGRATION, REHEARSAL, approvals, totals
from sunset_operators.gates import AskPeople, answered_by

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun

_BAD = ("failed", "upstream_failed")


class GiveVerdict(StageOperator):
    """Look at every task and every record of the run, write the verdict, seal the dossier, then fail or succeed.

    Whatever ran or did not run before it: a task that failed, a gate that was refused or passed by hand and a
    record that is missing all end here.
    """

    def carry_out(self, run: StageRun, context: Context) -> Any:
        missing = (*_refusals(context), *_failed_tasks(context), *gaps(run))
        receipt = run.dossier.latest("archive", "receipt") or {}
        past_rounds = history(run.product_store)
        verdict = {
            **run.describe(),
            "held": not missing,
            "gaps": list(missing),
            **totals(run, *(MIGRATION if run.reaches("execute") else REHEARSAL)),
            "rounds": len(past_rounds),
            "clean_rounds_in_a_row": clean_streak(past_rounds, run.spec.digest, run.selected),
            "approvals": approvals(run.dossier),
            "confirmed": run.dossier.latest("plan", "confirmation"),
            "alarms": [str(entry.alarm) for entry in AlarmBook.of(run.product_store).of_run(run.run_id)],
            "dossier": run.dossier.store.uri,
            "archive": receipt.get("uri"),
        }
        reference = run.dossier.record("close", "verdict", verdict)
        run.dossier.page("close", "verdict", closing_page(self.spec, verdict), "html")
        sealed = seal(run.dossier, "close")
        if missing:
            raise Deviation(
                f"the run did not do what its mode {run.mode} asks for: " + " | ".join(missing[:10]),
                where=run.run_id,
                remedy=f"The record {reference.path} lists everything.",
                differences=tuple(missing),
                record=reference.path,
            )
        return {**reference.to_json(), "digest": sealed.digest}


def _failed_tasks(context: Context) -> list[str]:
    run = context["dag_run"]
    states = context["ti"].get_task_states(dag_id=run.dag_id, run_ids=[run.run_id]).get(run.run_id, {})
    return [f"task {task}: {state}" for task, state in sorted(states.items()) if state in _BAD]


def _refusals(context: Context) -> list[str]:
    """Gates that were answered with Reject, and by whom."""
    refusals = []
    for question in (task.task_id for task in context["dag"].tasks if isinstance(task, AskPeople)):
        answer = context["ti"].xcom_pull(task_ids=question)
        if answer and answer["chosen_options"] != [ApprovalOperator.APPROVE]:
            who = answered_by(answer)
            comment = (answer["params_input"] or {}).get("comment") or "no comment"
            refusals.append(f"gate {question}: rejected by {who} ({comment})")
    return refusals
