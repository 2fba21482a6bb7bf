"""Gates: the dossier is sealed, named people are asked about that seal, and the answers are read, not assumed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk.bases.xcom import BaseXCom

from sunset.dossier.seal import check_seal, seal
from sunset.errors import Refusal
from sunset.feedback import new_risks
from sunset_operators.base import StageOperator
from sunset_operators.evidence import require_before
from sunset_operators.figures import gate_summary
from sunset_operators.stage_run import StageRun
from sunset_operators.users import strangers

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.spec import Spec


class SealEvidence(StageOperator):
    """Seal the dossier for a gate, if those who are to be asked are there.

    Returns the seal's path and digest, and a summary in Markdown for the question.

    :param gate: name of the stage that holds the gate.
    """

    def __init__(self, *, gate: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.gate, "approval")
        if gone := strangers(self.spec.approvers):
            raise _refused(
                self.gate,
                f"Airflow knows no user {', '.join(gone)}, whom the spec names as approver.",
                "Give them an account, or name others under people in the spec and rehearse that.",
            )
        made = seal(run.dossier, self.gate)
        return {
            "path": made.path,
            "digest": made.digest,
            "files": len(made.files),
            "summary": gate_summary(run, self.gate),
        }


class AskPeople(ApprovalOperator):
    """Airflow's own question to one of several people; whoever answered an earlier question of the gate is left out.

    A rejection goes on record, and to XCom: a task that skips what stands behind it returns no result, and the
    verdict could not say who rejected, and why.

    :param spec: the product's spec.
    :param gate: name of the stage that holds the gate.
    :param earlier: task ids of the gate's questions that come before.
    """

    def __init__(self, *, spec: Spec, gate: str, earlier: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.gate = gate
        self.earlier = earlier

    def execute(self, context: Context) -> Any:
        answered = {answered_by(context["ti"].xcom_pull(task_ids=question)) for question in self.earlier}
        self.assigned_users = [user for user in self.assigned_users or () if user["id"] not in answered]
        if not self.assigned_users:  # to Airflow, nobody in particular is anybody
            raise _refused(self.gate, "nobody is left to ask who has not answered yet.")
        super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        answer = HITLOperator.execute_complete(self, context, event)
        context["ti"].xcom_push(BaseXCom.XCOM_RETURN_KEY, answer)
        if answer["chosen_options"] != [self.APPROVE]:
            self.keep_rejection(context, answer)
        return super().execute_complete(context, event)

    def keep_rejection(self, context: Context, answer: Any) -> None:
        """Put a rejection on record, in the dossier of the run."""
        dossier = StageRun.of(self.spec, context).dossier
        dossier.record(self.gate, "rejection", {"gate": self.gate, **_said(self.spec, answer)})


class ReadAnswers(StageOperator):
    """Go on only if as many different people as asked for approved this very seal, and the dossier is still the same.

    :param gate: name of the stage that holds the gate.
    :param questions: task ids of the questions, one for each person that has to approve.
    """

    def __init__(self, *, gate: str, questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate
        self.questions = questions

    def carry_out(self, run: StageRun, context: Context) -> Any:
        answers = [context["ti"].xcom_pull(task_ids=question) for question in self.questions]
        sealed = context["ti"].xcom_pull(task_ids=f"{self.gate}.seal")
        approvers = self.require_approvals(answers)
        self.require_seal(run, sealed)
        approval = {
            "gate": self.gate,
            "answer": ApprovalOperator.APPROVE,
            "people": [_said(self.spec, answer) for answer in answers],
            "seal": sealed["path"],
            "digest": sealed["digest"],
        }
        return {**run.dossier.record(self.gate, "approval", approval).to_json(), "by": approvers}

    def require_approvals(self, answers: Sequence[Any]) -> list[str]:
        """The user ids behind the approvals.

        Raises:
            Refusal: an answer is missing or no approval, or not as many people as asked for gave them.
        """
        approvers = [self.require_approval(answer) for answer in answers if answer]
        missing = len(answers) - len(approvers)
        if not approvers:
            raise self._refused("the question was never answered: the task was marked by hand or skipped.")
        if missing:
            raise self._refused(f"{len(answers)} people have to approve, and only {', '.join(approvers)} did.")
        if len(set(approvers)) < len(approvers):
            raise self._refused(f"{approvers[-1]} answered twice: {len(approvers)} different people have to approve.")
        return approvers

    def require_approval(self, answer: Any) -> str:
        """The user id behind an approval.

        Raises:
            Refusal: another answer than Approve, or another person than asked.
        """
        if answer.get("chosen_options") != [ApprovalOperator.APPROVE]:
            raise self._refused(f"the answer was {answer.get('chosen_options')}.")
        who = answered_by(answer)
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
        return _refused(self.gate, what)


def answered_by(answer: Any) -> str | None:
    """User id of whoever gave the answer to a question; None where nobody did."""
    return ((answer or {}).get("responded_by_user") or {}).get("id")


def _said(spec: Spec, answer: Any) -> dict[str, Any]:
    """One person's answer, for the record."""
    who, form = str(answered_by(answer)), answer.get("params_input") or {}
    person = spec.people.get(who)
    return {
        "by": who,
        "name": person.name if person else who,
        "at": str(answer["responded_at"]),
        "comment": str(form.get("comment") or ""),
        "new_risks": [risk.to_json() for risk in new_risks(str(form.get("new_risks") or ""))],
    }


def _refused(gate: str, what: str, remedy: str = "Clear the stage from its task `seal` on to ask again.") -> Refusal:
    return Refusal(what, where=f"gate {gate!r}", remedy=remedy)
