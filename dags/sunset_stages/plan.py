"""Plan and runbook are written. Here a dry run ends; an undecided asset stops every other run.

An execution waits for one of its operators to confirm the runbook; lesser modes pass.
"""

from __future__ import annotations

from airflow.sdk import TaskGroup, TriggerRule, chain

from sunset.spec import Spec
from sunset_operators.plan import WritePlan
from sunset_operators.retries import FOR_GATES
from sunset_operators.runbook import AskOperators, ReadConfirmation, WriteRunbook
from sunset_stages.form import COMMENT
from sunset_stages.gate import users, verbatim
from sunset_stages.joins import ANY_SOURCE

_BODY = """Version {{ ti.xcom_pull(task_ids='plan.runbook')['version'] }} of the runbook lies in the folder `plan` of
the dossier, as HTML and as Markdown; the tab Evidence of this run shows it.

Its digest: `{{ ti.xcom_pull(task_ids='plan.runbook')['digest'] }}`

**Approve** says: I have read it, I know my steps and what to do when one of them goes wrong. **Reject** stops the run.
"""


def plan(spec: Spec) -> TaskGroup:
    with TaskGroup("plan", tooltip="Write plan and runbook; an operator confirms to have read it") as stage:
        write = WritePlan(task_id="write", spec=spec, trigger_rule=ANY_SOURCE)
        book = WriteRunbook(task_id="runbook", spec=spec)
        ask = AskOperators(
            task_id="confirm",
            spec=spec,
            gate="plan",
            subject=verbatim(f"{spec.title}: have you read the runbook?"),
            body=_BODY,
            assigned_users=users(spec.operators),
            params=COMMENT,
            **FOR_GATES,
        )
        read = ReadConfirmation(
            task_id="read_confirmation", spec=spec, question="plan.confirm", trigger_rule=TriggerRule.NONE_FAILED
        )
        chain(write, book, ask, read)
        # A rejection skips what stands directly behind the question; a failed runbook stops the run.
        chain(book, read)
    return stage
