"""A run of a product's real DAG, task by task in this process: the operators with all they use, no scheduler.

Tasks are executed as Airflow executes them, with templates rendered and XCom handed on; what is left out is
Airflow's bookkeeping. Tests stop between two tasks, damage something, and look at what the next one says.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

from demo.settings import postgres_connection
from sunset.database.postgres.endpoint import Endpoint
from sunset.dossier.dossier import Dossier
from sunset.spec import Spec
from sunset_operators.gates import AskPeople
from sunset_operators.stage_run import StageRun
from sunset_stages.runbook import build_dag


def connection(place: Endpoint | Mapping[str, Any]) -> str:
    """An endpoint, or the fields of another kind of connection, as the JSON of an Airflow connection."""
    return json.dumps(postgres_connection(place) if isinstance(place, Endpoint) else place)


@contextmanager
def connections(folder: Path, **places: Endpoint | Mapping[str, Any]) -> Iterator[None]:
    """Airflow Connections for these places, and a store and a dossier folder below `folder`."""
    variables = {f"AIRFLOW_CONN_{name.upper()}": connection(place) for name, place in places.items()}
    variables["AIRFLOW_CONN_ARCHIVE_STORE"] = json.dumps(
        {"conn_type": "fs", "extra": {"path": str(folder / "archive")}}
    )
    variables["SUNSET_DOSSIER"] = (folder / "dossiers").as_uri()
    variables["SUNSET_WORK"] = str(folder / "work")
    (folder / "archive").mkdir(parents=True, exist_ok=True)
    with patch.dict(os.environ, variables):
        yield


@dataclass
class Retirement:
    """One run of one product."""

    spec: Spec
    mode: str
    run_id: str = "manual__2026-01-01T00:00:00+00:00"
    reason: str = "test"
    sources: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    xcom: dict[str, Any] = field(default_factory=dict)
    pushed: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dag: DAG = build_dag(self.spec)

    @property
    def dossier(self) -> Dossier:
        return StageRun.of(self.spec, self.context("close.verdict")).dossier

    def context(self, task_id: str, map_index: int = -1) -> Any:
        run = SimpleNamespace(
            run_id=self.run_id,
            run_type="manual",
            dag_id=self.dag.dag_id,
            start_date=datetime.now(UTC),
            triggering_user_name="migration_op",
        )
        instance = SimpleNamespace(
            task_id=task_id,
            map_index=map_index,
            xcom_pull=self.pull,
            xcom_push=lambda key, value: self.pushed.setdefault(task_id, {}).update({key: value}),
            get_task_states=lambda dag_id, run_ids: {self.run_id: self.states},
        )
        params = {"mode": self.mode, "reason": self.reason, "sources": list(self.sources), **self.params}
        return {"dag_run": run, "params": params, "ti": instance, "dag": self.dag, "run_id": self.run_id}

    def pull(self, task_ids: str | list[str], key: str = "return_value") -> Any:
        """What a task returned or was answered; of several tasks, all that they left under a key."""
        if isinstance(task_ids, str):
            return self.answers.get(task_ids, self.xcom.get(task_ids))
        return [self.pushed[task_id][key] for task_id in task_ids if key in self.pushed.get(task_id, {})]

    def run(self, task_id: str) -> Any:
        """Execute one task, all its mapped instances; its result goes to XCom."""
        task = self.dag.get_task(task_id)
        if task.is_mapped:
            entries = self.xcom.get(task.task_id.rpartition(".")[0] + ".prepare")
            if entries is None:
                raise AirflowSkipException("nothing to map over")
            result: Any = [self._execute(task.unmap(entry), index) for index, entry in enumerate(entries)]
        else:
            result = self._execute(task, -1)
        self.xcom[task_id] = result
        self.states[task_id] = "success"
        return result

    def run_through(self, last: str, start: str | None = None) -> None:
        """Execute the tasks in order up to and with `last`, from the first or from `start`.

        Gates are approved, each question by another approver, unless `answers` says otherwise; skips are kept as such.
        """
        order = in_order(self.dag)
        for task_id in order[order.index(start) if start else 0 : order.index(last) + 1]:
            if isinstance(task := self.dag.get_task(task_id), AskPeople):
                self.states[task_id] = "success" if self.mode == "execute" else "skipped"
                self.answer(task)
                continue
            try:
                self.run(task_id)
            except AirflowSkipException:
                self.states[task_id] = "skipped"

    def answer(self, task: AskPeople) -> Any:
        """What was answered to a question; an execution's questions that no test thought of are approved."""
        if self.mode == "execute":
            asked = [user["id"] for user in task.assigned_users or ()]
            self.answers.setdefault(task.task_id, approval(asked[len(task.earlier) % len(asked)]))
        return self.answers.get(task.task_id)

    def _execute(self, task: Any, map_index: int) -> Any:
        context = self.context(task.task_id, map_index)
        task.render_template_fields(context)
        while True:
            try:
                return task.execute(context)
            except AirflowRescheduleException as later:
                time.sleep(max((later.reschedule_date - datetime.now(UTC)).total_seconds(), 0))


def in_order(dag: DAG) -> list[str]:
    """Task ids, each behind all that it waits for; Airflow's own order puts the tasks of a group together."""
    waits = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
    return list(TopologicalSorter(waits).static_order())


def approval(user: str, option: str = "Approve", comment: str = "") -> dict[str, Any]:
    """What an ApprovalOperator leaves in XCom."""
    return {
        "chosen_options": [option],
        "params_input": {"comment": comment},
        "responded_at": datetime.now(UTC),
        "responded_by_user": {"id": user, "name": user},
    }
