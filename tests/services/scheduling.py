"""What Airflow's scheduler makes of a run after a failure, a skip or a mark set by hand: which task still runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import TriggerRule
from airflow.sdk.exceptions import AirflowSkipException

from services.retirement import Retirement, in_order
from sunset.errors import SunsetError
from sunset_operators.gates import AskPeople
from sunset_operators.retrospective import AskRetrospective

_BAD = {"failed", "upstream_failed"}


def go_on(run: Retirement, by_hand: Mapping[str, str] | None = None) -> dict[str, SunsetError]:
    """Take every task that has no state yet to one, in order, as the trigger rules say.

    Args:
        run: the run; `run.answers` holds the answers to its gates. The first gate and the runbook are approved
            where they say nothing of it; another one without an answer waits for ever.
        by_hand: states that somebody sets by hand instead of letting the task run.

    Returns:
        The error of each task that failed.
    """
    errors = {}
    for task_id in in_order(run.dag):
        task = run.dag.get_task(task_id)
        if task_id in run.states:
            continue
        state = (by_hand or {}).get(task_id) or _ruled_out(task, run.states)
        if state is None and isinstance(task, AskPeople) and run.mode == "execute":
            state = _asked(run, task)
        if state is None and isinstance(task, AskRetrospective):
            state = "skipped"  # nobody answers in time
        if state is None:
            try:
                run.run(task_id)
                state = "success"
            except AirflowSkipException:
                state = "skipped"
            except SunsetError as error:
                state, errors[task_id] = "failed", error
        run.states[task_id] = state
    return errors


def _ruled_out(task: Any, states: Mapping[str, str]) -> str | None:
    """The state of a task that its trigger rule keeps from running; None lets it run."""
    above = [states[task_id] for task_id in task.upstream_task_ids]
    if not above or task.trigger_rule == TriggerRule.ALL_DONE or task.is_teardown:
        return "waiting" if "waiting" in above else None
    if "waiting" in above:
        return "waiting"
    if _BAD & set(above):
        return "upstream_failed"
    skipped = above.count("skipped")
    if task.trigger_rule == TriggerRule.NONE_FAILED:
        return None
    if task.trigger_rule == TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS:
        return "skipped" if skipped == len(above) else None
    assert task.trigger_rule == TriggerRule.ALL_SUCCESS, task.trigger_rule
    return "skipped" if skipped else None


def _asked(run: Retirement, task: AskPeople) -> str:
    """A gate's state; as Airflow has it, a rejection is a success that skips what stands directly behind it."""
    answer = run.answer(task) if task.gate in ("decide", "plan") else run.answers.get(task.task_id)
    if answer is None:
        return "waiting"
    if answer["chosen_options"] != [AskPeople.APPROVE]:
        run.states.update(dict.fromkeys(task.downstream_task_ids, "skipped"))
    return "success"
