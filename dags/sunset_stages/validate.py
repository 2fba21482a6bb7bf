"""Every row is compared; and a source that was copied in pieces is shown to have stood still meanwhile.

The facts of a source that was followed were measured in one piece, after its freeze.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.destination import Target
from sunset_operators.validate import ProveSourceStoodStill, ValidateSource
from sunset_stages.file_trees import validate_files
from sunset_stages.joins import ANY_SOURCE
from sunset_stages.sources import source_groups


def validate(spec: Spec) -> TaskGroup:
    target = Target()
    with TaskGroup("validate", tooltip="Every row, every object, the product's own checks") as stage:
        for source in source_groups(spec):
            common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
            compare = {"task_id": "compare", "destination": target, "record_stage": "validate", **common}
            if source in spec.followed:
                ValidateSource(trigger_rule=ANY_SOURCE, **compare)
            else:
                still = ProveSourceStoodStill(
                    task_id="source_stood_still", stage="validate", trigger_rule=ANY_SOURCE, **common
                )
                chain(still, ValidateSource(**compare))
        validate_files(spec)
    return stage
