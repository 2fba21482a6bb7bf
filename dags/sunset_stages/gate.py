"""A gate: seal the evidence, ask named people about that seal, read the answer."""

from __future__ import annotations

import json

from airflow.sdk import Param, chain

from sunset.spec import Spec
from sunset_operators.gates import AskPeople, ReadAnswer, SealEvidence
from sunset_operators.retries import FOR_GATES
from sunset_stages.joins import ANY_SOURCE

_BODY = """{preface}

{{{{ ti.xcom_pull(task_ids='{gate}.seal')['summary'] }}}}

**Seal of the dossier** ({{{{ ti.xcom_pull(task_ids='{gate}.seal')['files'] }}}} files):

`{{{{ ti.xcom_pull(task_ids='{gate}.seal')['digest'] }}}}`

You approve the evidence under this digest. If anything in the dossier changes after this question was put, your
answer does not count. **Approve** goes on, **Reject** stops the run and lets the source be written again.
The tab Evidence of this run shows what is in the dossier.
"""


def gate(spec: Spec, name: str, question: str, subject: str, preface: str) -> None:
    """The three tasks of the gate `name`, inside the group of that name.

    Only the people with the role approver can answer, and there is no default: no answer, no passage.
    """
    people = [{"id": user, "name": user} for user in spec.approvers]
    seal = SealEvidence(task_id="seal", spec=spec, gate=name, from_mode="execute", trigger_rule=ANY_SOURCE)
    ask = AskPeople(
        task_id=question,
        subject=_verbatim(subject),
        body=_BODY.format(gate=name, preface=preface),
        assigned_users=people,
        params={"comment": Param(None, type=["null", "string"], title="Comment", description="Kept with your answer.")},
        **FOR_GATES,
    )
    answer = ReadAnswer(task_id="read_answer", spec=spec, gate=name, question=f"{name}.{question}", from_mode="execute")
    chain(seal, ask, answer)


def _verbatim(text: str) -> str:
    """A template that renders to this very text: what stands in braces in a spec is no template."""
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}"
