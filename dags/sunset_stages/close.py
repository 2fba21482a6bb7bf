"""The verdict, always run: the colour of the run is the colour of this task. Behind it the form for a look back.

The verdict is a teardown that may fail the run, so that it is also given when the run is marked as failed by hand.
The retrospective is a teardown that may not: it waits for people, and a verdict never waits for it.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import BaseOperator, TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.close import GiveVerdict
from sunset_operators.retries import FOR_GATES
from sunset_operators.retrospective import AskRetrospective, KeepLessons
from sunset_stages.form import RETROSPECTIVE
from sunset_stages.gate import users, verbatim

PATIENCE = timedelta(days=7)
"""How long the form stands open."""
_BODY = """The verdict is given; this changes nothing of it. What you write is kept for your team: lessons show in the
plan of its next retirement, suggestions are listed for whoever keeps the manual.

**Approve** keeps your answers, **Reject** closes the form without any. It closes by itself after a week.
"""


def close(spec: Spec, last: list[BaseOperator]) -> TaskGroup:
    """The verdict behind the last tasks of the run; arrows between groups pass teardowns by, so they are drawn here."""
    with TaskGroup("close", tooltip="The verdict over the whole run, and a look back") as stage:
        verdict = GiveVerdict(task_id="verdict", spec=spec)
        chain(last, verdict.as_teardown(on_failure_fail_dagrun=True))
        ask = AskRetrospective(
            task_id="retrospective",
            spec=spec,
            subject=verbatim(f"{spec.title}: what is to be learned from this retirement?"),
            body=_BODY,
            assigned_users=users(spec.people),
            params=RETROSPECTIVE,
            response_timeout=PATIENCE,
            **FOR_GATES,
        )
        keep = KeepLessons(task_id="lessons", spec=spec, question="close.retrospective", from_mode="execute")
        chain(verdict, ask.as_teardown(), keep.as_teardown())
    return stage
