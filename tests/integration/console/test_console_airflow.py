"""What the console reads from Airflow's own database: states of runs, questions, answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.browsing import Browse
from services.evidence import Evidence

pytestmark = pytest.mark.integration

MOMENT = datetime(2026, 1, 2, 10, 5, tzinfo=UTC)


@pytest.fixture
def airflow_run(run: Evidence, airflow_app: object) -> Iterator[Evidence]:
    """The run, as Airflow knows it: running, and asked its two questions."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        known = DagRun(
            "sunset_shop", run.run_id, run_after=MOMENT, start_date=MOMENT, state="running", run_type="manual"
        )
        session.add(known)
    yield run
    with create_session() as session:
        session.execute(delete(DagRun).where(DagRun.dag_id == "sunset_shop"))


def ask(run: Evidence, task_id: str, state: str, **answer: Any) -> None:
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import insert

    ti_id = uuid.uuid4()
    row = {"id": ti_id, "dag_id": "sunset_shop", "task_id": task_id, "run_id": run.run_id, "state": state}
    with create_session() as session:
        session.execute(
            insert(TaskInstance).values(**row, pool="default_pool", pool_slots=1, try_number=1, max_tries=0)
        )
        session.add(
            HITLDetail(
                ti_id=ti_id,
                options=["Approve", "Reject"],
                subject="Go or no-go for <b>Legacy shop</b>?",
                body="| Rows | 1,633 |",
                assignees=[{"id": "crm_owner", "name": "crm_owner"}],
                params={},
                created_at=MOMENT,
                **answer,
            )
        )


def test_a_waiting_run_says_whom_it_waits_for_and_leads_to_the_answer(airflow_run: Evidence, browse: Browse) -> None:
    ask(airflow_run, "approve.go_no_go", "awaiting_input")
    html = browse().get(airflow_run.url).text
    assert "Go or no-go for &lt;b&gt;Legacy shop&lt;/b&gt;?" in html
    assert "waits at the gate <b>approve</b> for crm_owner" in html
    assert "| Rows | 1,633 |" in html
    run_url = "/dags/sunset_shop/runs/manual__2026-01-02T10%3A00%3A00%2B00%3A00"
    assert f'<a data-airflow href="{run_url}/required_actions">' in html
    assert "no verdict, running" in html


def test_an_answer_is_shown_with_who_gave_it(airflow_run: Evidence, browse: Browse) -> None:
    user, comment = {"id": "crm_owner", "name": "crm_owner"}, {"comment": "Not <yet>"}
    answer = {"responded_at": MOMENT, "responded_by": user, "chosen_options": ["Reject"], "params_input": comment}
    ask(airflow_run, "approve.go_no_go", "success", **answer)
    html = browse().get(airflow_run.url).text
    assert 'Answered <time datetime="2026-01-02T10:05:00+00:00">' in html
    assert '<b class="bad">Reject</b> by crm_owner: Not &lt;yet&gt;' in html
    assert "The run waits" not in html


def test_questions_are_for_those_who_may_read_them(
    airflow_run: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    ask(airflow_run, "approve.go_no_go", "awaiting_input")
    monkeypatch.setattr(
        SimpleAuthManager, "is_authorized_dag", lambda self, *, access_entity, **_: access_entity.value == "RUN"
    )
    answer = browse().get(airflow_run.url)
    assert answer.status_code == 200
    assert "Go or no-go" not in answer.text.replace("Go or no-go, by a named person", "")
    assert "| Rows | 1,633 |" not in answer.text


def test_a_run_without_evidence_is_listed_with_its_state(airflow_run: Evidence, browse: Browse) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    late = datetime(2026, 3, 1, tzinfo=UTC)
    with create_session() as session:
        session.add(DagRun("sunset_shop", "manual__late", run_after=late, state="failed", run_type="manual"))
    assert "failed, no evidence" in browse().get("/sunset/").text
    page = browse().get(airflow_run.dag_url).text
    assert page.index("manual__late") < page.index(airflow_run.run_id)
    assert "no evidence" in page
