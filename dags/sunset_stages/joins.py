"""When a task behind several sources runs."""

from __future__ import annotations

from airflow.sdk import TriggerRule

# Sources that take no part in a run skip; one that takes part and fails stops what comes after it.
ANY_SOURCE = TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
