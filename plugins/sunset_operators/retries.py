"""Retries follow the cause: what may pass is tried again with back-off, everything else fails at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from sunset.errors import SunsetError, Unavailable

RETRIES = 4

# Rules are read in order: the last one is for whatever nobody thought of, and fails loudly.
BY_CAUSE = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=Unavailable, action=RetryAction.DEFAULT, reason="something outside was away or busy"),
        RetryRule(exception=SunsetError, action=RetryAction.FAIL, reason="trying again changes nothing"),
        RetryRule(exception=[ConnectionError, TimeoutError], action=RetryAction.DEFAULT, reason="connection lost"),
        RetryRule(exception=Exception, action=RetryAction.FAIL, reason="not a cause that a retry mends"),
    ]
)

WITH_BACK_OFF: dict[str, Any] = {
    "retries": RETRIES,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": BY_CAUSE,
}

# A gate that is answered within a second of its question can lose the answer and ask again
# (apache/airflow#66374): then it asks again soon.
FOR_GATES: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(seconds=5)}
