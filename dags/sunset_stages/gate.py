"""A gate: seal the evidence, ask named people about that seal, read their answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator, Param, chain

from sunset.spec import Spec
from sunset_operators.gates import AskPeople, ReadAnswers, SealEvidence
from sunset_operators.retries import FOR_GATES
from sunset_stages.form import COMMENT
from sunset_stages.joins import ANY_SOURCE

_BODY = """{preface}

{{{{ ti.xcom_pull(task_ids='{gate}.seal')['summary'] }}}}

**Seal of the dossier** ({{{{ ti.xcom_pull(task_ids='{gate}.seal')['files'] }}}} files):

`{{{{ ti.xcom_pull(task_ids='{gate}.seal')['digest'] }}}}`

You approve the evidence under this digest. If anything in the dossier changes after this question was put, your
answer does not count. **Approve** goes on, **Reject** stops the run and lets the source be written again.
The tab Evidence of this run shows what is in the dossier.
"""


def gate(
    spec: Spec,
    name: str,
    question: str,
    subject: str,
    preface: str,
    approvers: int,
    form: Mapping[str, Param] = COMMENT,
    reader: type[ReadAnswers] = ReadAnswers,
) -> list[BaseOperator]:
    """The tasks of the gate `name`, inside the group of that name: seal, one question a person, read the answers.

    Only the people with the role approver can answer, each of them once, and there is no default: no answer, no
    passage. The questions of one gate are put one after the other, because Airflow takes one answer to each.
    """
    seal = SealEvidence(task_id="seal", spec=spec, gate=name, from_mode="execute", trigger_rule=ANY_SOURCE)
    names = [question, *(f"{question}_{number}" for number in range(2, approvers + 1))]
    asked = [f"{name}.{each}" for each in names]
    common: dict[str, Any] = {
        "spec": spec,
        "gate": name,
        "body": _BODY.format(gate=name, preface=verbatim(preface)),
        "assigned_users": [{"id": user, "name": user} for user in spec.approvers],
        "params": form,
        **FOR_GATES,
    }
    asking = [
        AskPeople(task_id=each, subject=verbatim(_numbered(subject, index, approvers)), earlier=asked[:index], **common)
        for index, each in enumerate(names)
    ]
    read = reader(task_id="read_answer", spec=spec, gate=name, questions=asked, from_mode="execute")
    chain(seal, *asking, read)
    return [seal, *asking, read]


def _numbered(subject: str, index: int, approvers: int) -> str:
    return subject if approvers == 1 else f"{subject} ({index + 1} of {approvers} people)"


def verbatim(text: str) -> str:
    """A template that renders to this very text: what stands in braces in a spec is no template."""
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}"
