"""The decision goes on record. An execution is let in in its window, with clean rounds behind it, by named people.

A lesser mode asks nobody: there the gate's first tasks are skipped, and the last one lets the run pass.
"""

from __future__ import annotations

from airflow.sdk import TaskGroup, TriggerRule, chain

from sunset.reports.decision import decision_in_markdown
from sunset.spec import Spec
from sunset_operators.decide import ReadDecision, RecordDecision
from sunset_stages.form import FEEDBACK
from sunset_stages.gate import gate


def decide(spec: Spec) -> TaskGroup:
    with TaskGroup("decide", tooltip="Record the decision; scope and risks before named people") as stage:
        record = RecordDecision(task_id="record", spec=spec)
        seal, *questions, answer = gate(
            spec,
            "decide",
            "scope",
            f"{spec.title}: are scope, reason, risks and dates right?",
            decision_in_markdown(spec),
            spec.gates.decide,
            FEEDBACK,
            ReadDecision,
        )
        answer.trigger_rule = TriggerRule.NONE_FAILED
        chain(record, [seal, answer])
        # A rejection skips what stands directly behind the question: the answer has to stand behind each of them.
        chain(questions, answer)
    return stage
