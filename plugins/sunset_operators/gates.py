"""Gates: the dossier is sealed, named people are asked about that seal, and the answer is read, not assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk.bases.xcom import BaseXCom

from sunset.dossier.seal import check_seal, seal
from sunset.errors import Refusal
from sunset_operators.base import StageOperator
from sunset_operators.evidence import require_before
from sunset_operators.figures import gate_summary

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class SealEvidence(StageOperator):
    """Seal the dossier for a gate.

    Returns the seal's path and digest, and a summary in Markdown for the question.

    :param gate: name of the stage that holds the gate.
    """

    def __init__(self, *, gate: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.gate)
        made = seal(run.dossier, self.gate)
        return {
            "path": made.path,
            "digest": made.digest,
            "files": len(made.files),
            "summary": gate_summary(run, self.gate),
        }


class AskPeople(ApprovalOperator):
    """Airflow's own question, which also leaves a rejection in XCom.

    A task that skips what stands behind it returns no result; the verdict could not say who rejected, and why.
    """

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        answer = HITLOperator.execute_complete(self, context, event)
        context["ti"].xcom_push(BaseXCom.XCOM_RETURN_KEY, answer)
        return super().execute_complete(context, event)


class ReadAnswer(StageOperator):
    """Go on only if a named person approved this very seal, and the dossier still holds what it did.

    :param gate: name of the stage that holds the gate.
    :param question: task id of the question.
    """

    def __init__(self, *, gate: str, question: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate
        self.question = question

    def carry_out(self, run: StageRun, context: Context) -> Any:
        instance = context["ti"]
        answer = instance.xcom_pull(task_ids=self.question)
        sealed = instance.xcom_pull(task_ids=f"{self.gate}.seal")
        who = self.require_approval(answer)
        self.require_seal(run, sealed)
        approval = {
            "gate": self.gate,
            "answer": ApprovalOperator.APPROVE,
            "by": who,
            "name": self.spec.people[who].name,
            "at": str(answer["responded_at"]),
            "comment": str((answer.get("params_input") or {}).get("comment") or ""),
            "seal": sealed["path"],
            "digest": sealed["digest"],
        }
        return {**run.dossier.record(self.gate, "approval", approval).to_json(), "by": who}

    def require_approval(self, answer: Any) -> str:
        """The user id behind an approval.

        Raises:
            Refusal: no answer, another answer than Approve, or another person than asked.
        """
        if not answer:
            raise self._refused("the question was never answered: the task was marked by hand or skipped.")
        if answer.get("chosen_options") != [ApprovalOperator.APPROVE]:
            raise self._refused(f"the answer was {answer.get('chosen_options')}.")
        who = (answer.get("responded_by_user") or {}).get("id")
        if who not in self.spec.approvers:
            raise self._refused(f"answered by {who!r}, who is not asked here; asked: {', '.join(self.spec.approvers)}.")
        return str(who)

    def require_seal(self, run: StageRun, sealed: Any) -> None:
        """The seal in the question is the dossier's, and the dossier has not changed since.

        Raises:
            Refusal: names what changed.
        """
        if not sealed:
            raise self._refused("there is no seal: the task `seal` was marked by hand or skipped.")
        problems = check_seal(run.dossier, sealed["path"], sealed["digest"])
        if problems:
            lines = " | ".join(str(problem) for problem in problems[:5])
            raise self._refused(f"the dossier changed after the question was put: {lines}")

    def _refused(self, what: str) -> Refusal:
        return Refusal(
            what, where=f"gate {self.gate!r}", remedy="Clear the stage from its task `seal` on to ask again."
        )
