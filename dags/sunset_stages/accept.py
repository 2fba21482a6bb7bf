"""Acceptance: after the validation, before the target takes over."""

from __future__ import annotations

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset_stages.gate import gate


def accept(spec: Spec) -> TaskGroup:
    with TaskGroup("accept", tooltip="Acceptance by named people") as stage:
        gate(
            spec,
            "accept",
            "acceptance",
            f"{spec.title}: is the migrated data accepted?",
            "Every row was compared. Approving lets the target take over; the source stays read-only.",
            spec.gates.accept,
        )
    return stage
