"""A gate: seal the evidence, ask named people about that seal, read their answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
    body = _BODY.format(gate=name, preface=verbatim(preface))
    asking = ask_in_turn(AskPeople, spec, name, question, subject, approvers, body=body, params=form)
    questions = [each.task_id for each in asking]
    read = reader(task_id="read_answer", spec=spec, gate=name, questions=questions, from_mode="execute")
    chain(seal, *asking, read)
    return [seal, *asking, read]


def ask_in_turn(
    operator: type[AskPeople], spec: Spec, gate: str, question: str, subject: str, people: int, **common: Any
) -> list[AskPeople]:
    """One question to the approvers for each of so many people who have to answer, inside the group of the gate."""
    names = [question, *(f"{question}_{number}" for number in range(2, people + 1))]
    return [
        operator(
            task_id=name,
            spec=spec,
            gate=gate,
            subject=verbatim(_numbered(subject, index, people)),
            earlier=[f"{gate}.{each}" for each in names[:index]],
            assigned_users=users(spec.approvers),
            **common,
            **FOR_GATES,
        )
        for index, name in enumerate(names)
    ]


def users(people: Iterable[str]) -> list[dict[str, str]]:
    """People of the spec as Airflow's questions want them."""
    return [{"id": user, "name": user} for user in people]


def _numbered(subject: str, index: int, approvers: int) -> str:
    return subject if approvers == 1 else f"{subject} ({index + 1} of {approvers} people)"


def verbatim(text: str) -> str:
    """A template that renders to this very text: what stands in braces in a spec is no template."""
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}"
