"""The runbook: written for each run, and confirmed by an operator before an execution goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.dossier.lessons import lessons_of
from sunset.dossier.plans import keep_version
from sunset.dossier.rounds import history
from sunset.errors import Refusal
from sunset.reports.pages import runbook_pages
from sunset.reports.runbook import binding, lines_of, timetable, version_digest
from sunset_operators.base import StageOperator
from sunset_operators.connections import dossiers
from sunset_operators.evidence import record_digest
from sunset_operators.gates import AskPeople, answered_by
from sunset_operators.stage_run import StageRun

if TYPE_CHECKING:
    from airflow.sdk import Context


class WriteRunbook(StageOperator):
    """Write the runbook of the run, as a version of its own if it says something new."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        plan = run.evidence("plan", "plan")
        content = binding(run.spec, plan["sources"], plan["decided"])
        lines, digest = tuple(lines_of(content)), version_digest(content)
        version, before = keep_version(run.product_store, run.run_id, digest, lines)
        known = before.lines if before else ()
        book = {
            "run_id": run.run_id,
            "version": version.number,
            "digest": digest,
            "before": before.number if before else None,
            "changes": {
                "added": [line for line in lines if line not in known],
                "removed": [line for line in known if line not in lines],
            },
            "content": content,
            "timetable": timetable(run.spec, history(run.product_store), plan["preflight"]),
            "lessons": [each.to_json() for each in lessons_of(dossiers(), run.spec.decision.team)],
        }
        page, text = runbook_pages(run.spec, book)
        run.dossier.page("plan", "runbook", page, "html")
        run.dossier.page("plan", "runbook", text, "md")
        reference = run.dossier.record("plan", "runbook", book)
        return {**reference.to_json(), "version": version.number, "digest": digest}


class AskOperators(AskPeople):
    """The question to the operators, whether they have read the runbook; an execution alone waits for it."""

    def execute(self, context: Context) -> Any:
        if not StageRun.of(self.spec, context).reaches("execute"):
            raise AirflowSkipException("Only an execution waits for an operator.")
        return super().execute(context)


class ReadConfirmation(StageOperator):
    """Let an execution go on only if one of its operators has read this very runbook; lesser modes pass.

    :param question: task id of the question.
    """

    def __init__(self, *, question: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if run.dossier.latest("plan", "runbook") is None:
            raise AirflowSkipException("There is no runbook: the run stopped before it.")
        if not run.reaches("execute"):
            return None
        answer = context["ti"].xcom_pull(task_ids=self.question)
        who = self.require_operator(run, answer)
        book = run.evidence("plan", "runbook")
        confirmation = {
            "by": who,
            "name": run.spec.people[who].name,
            "at": str(answer["responded_at"]),
            "comment": str((answer.get("params_input") or {}).get("comment") or ""),
            "version": book["version"],
            "digest": book["digest"],
            "about": record_digest(run, "plan", "runbook"),
        }
        return {**run.dossier.record("plan", "confirmation", confirmation).to_json(), "by": who}

    def require_operator(self, run: StageRun, answer: Any) -> str:
        """The operator who confirmed.

        Raises:
            Refusal: nobody did, or somebody else.
        """
        who = answered_by(answer)
        if not answer or answer.get("chosen_options") != [AskPeople.APPROVE]:
            raise self._refused("no operator has confirmed the runbook: the task was marked by hand or rejected.")
        if who not in run.spec.operators:
            raise self._refused(f"the runbook was confirmed by {who!r}, who is no operator of this product.")
        return str(who)

    def _refused(self, what: str) -> Refusal:
        remedy = "Clear the stage from its task `confirm` on to ask again."
        return Refusal(what, where=self.question, remedy=remedy)
