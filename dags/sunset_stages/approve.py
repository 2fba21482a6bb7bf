"""Go or no-go: before the freeze, on the evidence of the last round."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_stages.gate import gate

_FREEZES = "Approving makes the source read-only and starts the migration."
_FOLLOWS = "Approving lets the target follow; when it has caught up and the window is open, the source is read-only."


def approve(spec: Spec) -> TaskGroup:
    with TaskGroup("approve", tooltip="Go or no-go") as stage:
        gate(
            spec,
            "approve",
            "go_no_go",
            f"{spec.title}: go or no-go for freeze and migration?",
            "The last rehearsal was clean. " + (_FOLLOWS if spec.followed else _FREEZES),
            spec.gates.approve,
        )
    return stage
