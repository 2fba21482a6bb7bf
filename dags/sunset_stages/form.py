"""The forms that people fill in: the trigger form, and what they may say at a gate."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param

from sunset.spec import Spec
from sunset_operators.stage_run import MODES

_MODES = {
    "dry_run": "Dry run: look and plan, write nothing but the dossier",
    "rehearse": "Rehearse: one round in a sandbox",
    "execute": "Execute: one last round, sign-offs, freeze, migration, archive",
}

_TEXT: dict[str, Any] = {"type": ["null", "string"], "format": "multiline"}
COMMENT = {"comment": Param(None, title="Comment", description="Kept with your answer.", **_TEXT)}
FEEDBACK = {
    "comment": Param(None, title="Feedback", description="On scope, reason, risks or dates; kept.", **_TEXT),
    "new_risks": Param(
        None,
        title="New risks",
        description="One a line: risk | likelihood | impact | what can be done. Only the risk itself is needed; "
        "likelihood and impact are low, medium or high.",
        **_TEXT,
    ),
}
RETROSPECTIVE = {
    name: Param(None, title=title, description=description, **_TEXT)
    for name, title, description in (
        ("went_well", "What went well", "In your words."),
        ("went_badly", "What went badly", "In your words."),
        ("lessons", "Lessons", "What to do the same or otherwise the next time, one a line."),
        ("suggestions", "Suggestions for the manual", "What the manual should say, one a line."),
    )
}


def trigger_form(spec: Spec) -> dict[str, Param]:
    """The parameters of a run, with the fields that the spec adds for templated connection ids."""
    sources = list(spec.source_names)
    form = {
        "mode": Param(
            "dry_run",
            type="string",
            enum=list(MODES),
            values_display=_MODES,
            title="Mode",
            description="How far this run goes. Only an execution touches the target and waits for people.",
        ),
        "reason": Param(
            None,
            type=["null", "string"],
            title="Reason",
            description="Why this run is started; kept in the dossier. An execution needs one.",
        ),
        "sources": Param(
            sources,
            type="array",
            items={"type": "string", "enum": sources},
            examples=sources,
            title="Sources",
            description="The sources that take part; all of them unless you take some out.",
        ),
    }
    extra = {
        name: Param(value, type="string", title=name, section="Connections") for name, value in spec.params.items()
    }
    return {**extra, **form}
