"""Answers the gates of a headless run as the people named on the command line, through Airflow's own REST API.

Airflow checks there that the person is among those asked; nothing is written past it.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

log = logging.getLogger(__name__)

# An answer within about a second of the question can be lost (apache/airflow#66374).
PATIENCE_SECONDS = 3.0
_PENDING = "/api/v2/dags/{dag}/dagRuns/~/hitlDetails?response_received=false&state=awaiting_input"
_ANSWER = "/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/{index}/hitlDetails"


class Answering(threading.Thread):
    """Approves what waits for input, as the first of `people` that Airflow lets answer."""

    def __init__(self, dag_id: str, people: Sequence[str]) -> None:
        super().__init__(name="answers", daemon=True)
        self.dag_id = dag_id
        self.people = people
        self.stopped = threading.Event()

    def run(self) -> None:
        from airflow.api_fastapi.app import create_app
        from fastapi.testclient import TestClient

        with TestClient(create_app(), base_url="http://localhost") as client:
            while not self.stopped.wait(PATIENCE_SECONDS):
                self._answer_all(client)

    def _answer_all(self, client: TestClient) -> None:
        pending = client.get(_PENDING.format(dag=self.dag_id), headers=bearer(self.people[0])).json()
        for question in pending.get("hitl_details", []):
            task = question["task_instance"]
            form = {name: field["value"] for name, field in question["params"].items()}
            if not any(self._answer(client, user, task, form) for user in self.people):
                log.error("None of %s may answer %s.", ", ".join(self.people), task["task_id"])

    def _answer(self, client: TestClient, user: str, task: dict[str, Any], form: dict[str, Any]) -> bool:
        url = _ANSWER.format(
            dag=self.dag_id, run=task["dag_run_id"], task=task["task_id"], index=task.get("map_index", -1)
        )
        said = {"comment": "answered by sunset run"} if "comment" in form else {}
        body = {"chosen_options": ["Approve"], "params_input": {**form, **said}}
        answered = client.patch(url, json=body, headers=bearer(user))
        if answered.status_code == 200:
            sys.stdout.write(f"{user} approved {task['task_id']}\n")
        return answered.status_code in (200, 409)  # 409: it has its answer already


def bearer(user: str) -> dict[str, str]:
    """Headers that make a request come from this user."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=user, role="admin"))
    return {"Authorization": f"Bearer {token}"}
