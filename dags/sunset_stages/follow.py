"""The target follows a source that goes on working; in the runbook only where a source has the route `replicate`.

From the subscription on, the source keeps its log for the target. What takes that off again is a teardown without a
setup, in the stage `thaw`: it runs whatever happens from here on, also when the run is marked as failed by hand.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import TaskGroup, chain

from sunset.spec import Spec
from sunset_operators.replicate import CopyFollowed, PrepareFollowing, SubscribeTarget, WatchFollowing
from sunset_stages.joins import ANY_SOURCE


def follow(spec: Spec) -> TaskGroup:
    with TaskGroup("follow", tooltip="Copy, then follow what the product still writes") as stage:
        for source in spec.followed:
            common: dict[str, Any] = {"spec": spec, "source": source, "from_mode": "execute"}
            with TaskGroup(source.name, tooltip=f"Source {source.name}"):
                chain(
                    PrepareFollowing(task_id="prepare", trigger_rule=ANY_SOURCE, **common),
                    CopyFollowed(task_id="copy", **common),
                    SubscribeTarget(task_id="subscribe", **common),
                    WatchFollowing(task_id="watch", **common),
                )
    return stage
