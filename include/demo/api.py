"""Airflow's REST API, as one user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from sunset.errors import Refusal, Unavailable

_PAGE = 100


class Unreachable(Unavailable):
    """Airflow did not answer."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task instance of a run."""

    task_id: str
    map_index: int
    state: str | None

    @property
    def stage(self) -> str:
        """The stage that the task belongs to."""
        return self.task_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Question:
    """A gate that waits for its answer.

    Attributes:
        assigned: ids of the users who may answer.
        inputs: the form's fields with their defaults.
    """

    task_id: str
    map_index: int
    subject: str
    assigned: tuple[str, ...]
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunRef:
    """One run of one DAG."""

    dag_id: str
    run_id: str

    @property
    def path(self) -> str:
        """The run in the API."""
        return f"/dags/{self.dag_id}/dagRuns/{self.run_id}"


class AirflowApi:
    """Calls that a person makes by clicking.

    Every method raises `Unreachable` when nobody answers and `Refusal` when Airflow says no.
    """

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.user = user
        self._password = password
        self._token = ""
        self._client = httpx.Client(timeout=30, trust_env=False)

    def healthy(self) -> bool:
        """Whether every component has reported in."""
        health = self._health()
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return all((health.get(part) or {}).get("status") == "healthy" for part in parts)

    def scheduler_heartbeat(self) -> datetime:
        """When the scheduler last finished a round of its work."""
        return datetime.fromisoformat(self._health()["scheduler"]["latest_scheduler_heartbeat"])

    def dag_ids(self) -> set[str]:
        """The DAGs that the DAG processor has read, up to a hundred."""
        found = self._authorized("GET", "/dags", params={"limit": _PAGE, "exclude_stale": True})
        return {dag["dag_id"] for dag in found["dags"]}

    def import_errors(self) -> list[str]:
        """File and message of everything that could not be read as a DAG."""
        found = self._authorized("GET", "/importErrors")
        return [f"{error['filename']}:\n{error['stack_trace']}" for error in found["import_errors"]]

    def unpause(self, dag_id: str) -> None:
        """Let the DAG run."""
        self._authorized("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, conf: dict[str, Any]) -> RunRef:
        """Start a run now."""
        run = self._authorized("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf})
        return RunRef(dag_id, run["dag_run_id"])

    def state(self, run: RunRef) -> str:
        """State of a run: queued, running, success or failed."""
        return str(self._authorized("GET", run.path)["state"])

    def tasks(self, run: RunRef) -> list[TaskState]:
        """Every task instance of a run, mapped ones one by one."""
        instances: list[dict[str, Any]] = []
        total = 1
        while len(instances) < total:
            params = {"limit": _PAGE, "offset": len(instances), "order_by": "id"}
            page = self._authorized("GET", f"{run.path}/taskInstances", params=params)
            total = page["total_entries"] if page["task_instances"] else len(instances)
            instances += page["task_instances"]
        return [TaskState(item["task_id"], item["map_index"], item["state"]) for item in instances]

    def questions(self, run: RunRef) -> list[Question]:
        """The gates of a run that wait for an answer right now."""
        params = {"response_received": False, "state": "awaiting_input"}
        found = self._authorized("GET", f"{run.path}/hitlDetails", params=params)
        return [
            Question(
                task_id=item["task_instance"]["task_id"],
                map_index=item["task_instance"]["map_index"],
                subject=item["subject"],
                assigned=tuple(user["id"] for user in item["assigned_users"]),
                inputs={name: value["value"] for name, value in item["params"].items()},
            )
            for item in found["hitl_details"]
        ]

    def answer(self, run: RunRef, question: Question, option: str) -> None:
        """Answer a gate as this user."""
        path = f"{run.path}/taskInstances/{question.task_id}/{question.map_index}/hitlDetails"
        self._authorized("PATCH", path, json={"chosen_options": [option], "params_input": question.inputs})

    def _health(self) -> Any:
        return self._send("GET", f"{self.address}/api/v2/monitor/health")

    def _authorized(self, method: str, path: str, **content: Any) -> Any:
        if not self._token:
            login = {"username": self.user, "password": self._password}
            self._token = self._send("POST", f"{self.address}/auth/token", json=login)["access_token"]
        bearer = {"Authorization": f"Bearer {self._token}"}
        return self._send(method, f"{self.address}/api/v2{path}", headers=bearer, **content)

    def _send(self, method: str, url: str, **content: Any) -> Any:
        try:
            response = self._client.request(method, url, **content)
        except httpx.TransportError as error:
            raise Unreachable(f"No answer: {error}.", where=url, remedy="Is the API server running?") from None
        if response.is_error:
            said = f"Airflow answered {response.status_code} to {self.user}: {response.text[:500]}"
            raise Refusal(said, where=f"{method} {url}", remedy="")
        return response.json()
