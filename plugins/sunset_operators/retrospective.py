"""The retrospective: a form after the verdict. Its answers are kept for the team, and in the dossier.

It comes behind the verdict and is no part of it: whoever does not answer in time says nothing, and the run's colour is
that of its verdict either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowSkipException

from sunset.dossier.lessons import Retrospective, keep_lessons
from sunset.dossier.seal import seal
from sunset.reports.pages import retrospective_page
from sunset_operators.base import StageOperator
from sunset_operators.connections import dossiers
from sunset_operators.gates import answered_by
from sunset_operators.stage_run import StageRun

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.spec import Spec


class AskRetrospective(ApprovalOperator):
    """The question to everybody in the spec, after an execution that was let in; the first who answers closes it.

    :param spec: the product's spec.
    """

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec

    def execute(self, context: Context) -> Any:
        run = StageRun.of(self.spec, context)
        if not run.reaches("execute") or run.dossier.latest("decide", "approval") is None:
            raise AirflowSkipException("There is nothing to look back on.")
        return super().execute(context)

    def process_trigger_event_error(self, event: dict[str, Any]) -> None:
        if event["error_type"] == "timeout":
            raise AirflowSkipException("Nobody answered in time; the verdict stands as it is.")
        super().process_trigger_event_error(event)


class KeepLessons(StageOperator):
    """Keep what was answered: for the team's next plans, and in the dossier under a seal of its own.

    :param question: task id of the question.
    """

    def __init__(self, *, question: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question

    def carry_out(self, run: StageRun, context: Context) -> Any:
        answer = context["ti"].xcom_pull(task_ids=self.question)
        if not answer or answer.get("chosen_options") != [ApprovalOperator.APPROVE]:
            raise AirflowSkipException("Nobody said anything.")
        said = retrospective(run, answer)
        keep_lessons(dossiers(), self.spec.decision.team, said)
        run.dossier.page("close", "retrospective", retrospective_page(self.spec, said), "html")
        reference = run.dossier.record("close", "retrospective", said.to_json())
        seal(run.dossier, "close")
        return {**reference.to_json(), "lessons": len(said.lessons), "suggestions": len(said.suggestions)}


def retrospective(run: StageRun, answer: dict[str, Any]) -> Retrospective:
    """What was answered, by line."""
    form = {name: str(value or "") for name, value in (answer.get("params_input") or {}).items()}
    who = answered_by(answer) or "unknown"
    return Retrospective(
        product=run.spec.product,
        run_id=run.run_id,
        by=run.spec.people[who].name if who in run.spec.people else who,
        at=str(answer["responded_at"]),
        went_well=form.get("went_well", ""),
        went_badly=form.get("went_badly", ""),
        lessons=_lines(form.get("lessons", "")),
        suggestions=_lines(form.get("suggestions", "")),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip()[:2000] for line in text.splitlines()[:100] if line.strip())
