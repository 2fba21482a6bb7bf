"""The first gate: scope and risks before as many different people as the spec asks for, their words on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, DownstreamTasksSkipped, TaskAwaitingInput

from services.kept import Kept, Scene
from services.legacy import shop_spec
from services.retirement import Retirement, approval
from services.scheduling import go_on
from sunset.errors import Refusal
from sunset.spec import Spec
from sunset_operators.gates import AskPeople

pytestmark = pytest.mark.integration

GATE, FIRST, SECOND, READ = "decide.seal", "decide.scope", "decide.scope_2", "decide.read_answer"
FORM = {"comment": "Mind the feeds.", "new_risks": "A feed nobody listed | high | low | ask around\njust a worry"}


def pair_spec(folder: Path) -> Spec:
    return shop_spec(folder, **{"timeline:": "gates: {decide: 2}\ntimeline:"})


@pytest.fixture(scope="module")
def pair(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    runs = Kept(pg_server.endpoint, tmp_path_factory.mktemp("pair"), spec=pair_spec)
    yield runs
    runs.drop_all()


@pytest.fixture
def scene(pair: Kept, tmp_path: Path) -> Iterator[Scene]:
    """An execution before the first question of a gate that asks for two."""
    with pair.before(FIRST, tmp_path) as there:
        yield there


def said(user: str, option: str = "Approve", **form: str) -> dict[str, Any]:
    return {**approval(user, option), "params_input": form}


def test_two_people_approve_and_the_plan_shows_what_they_said(scene: Scene) -> None:
    scene.run.answers = {FIRST: said("steward", **FORM), SECOND: said("crm_owner")}
    scene.run.run_through("plan.write", FIRST)
    record = scene.run.dossier.latest("decide", "approval")
    assert record is not None
    assert [person["by"] for person in record["people"]] == ["steward", "crm_owner"]
    assert record["digest"] == scene.run.xcom[GATE]["digest"]
    assert record["people"][0]["comment"] == "Mind the feeds."
    listed, worry = record["people"][0]["new_risks"]
    assert listed == {
        "risk": "A feed nobody listed", "likelihood": "high", "impact": "low", "mitigation": "ask around"
    }  # fmt: skip
    assert worry["risk"] == "just a worry"
    plan = scene.run.dossier.latest("plan", "plan")
    assert plan is not None
    assert plan["decided"] == record["people"]
    page = scene.run.dossier.store.read("plan/plan.1.html").decode()
    assert all(words in page for words in ("Mind the feeds.", "A feed nobody listed", "just a worry", "ask around"))


STOPPED = {
    "the same person twice": (said("steward"), said("steward"), "steward answered twice: 2 different people"),
    "one where two are asked": (said("steward"), None, "2 people have to approve, and only steward did"),
    "only the second": (None, said("crm_owner"), "2 people have to approve, and only crm_owner did"),
    "nobody": (None, None, "the question was never answered"),
    "a person who is not asked": (said("steward"), said("migration_op"), "'migration_op', who is not asked here"),
    "a rejection that was cleared by hand": (said("steward"), said("crm_owner", "Reject"), r"answer was \['Reject'\]"),
}


@pytest.mark.parametrize(("first", "second", "says"), STOPPED.values(), ids=STOPPED.keys())
def test_each_stops_the_run_at_the_gate(scene: Scene, first: Any, second: Any, says: str) -> None:
    scene.run.answers = {FIRST: first, SECOND: second}
    with pytest.raises(Refusal, match=says):
        scene.run.run(READ)
    assert scene.run.dossier.latest("decide", "approval") is None
    with pytest.raises(Refusal, match="decide: no record of 'approval'"):
        scene.run.run("announce.preview")


def asked(scene: Scene, task_id: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The people whom Airflow is told to let answer."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.upsert_hitl_detail", lambda **told: seen.update(told)
    )
    context = scene.run.context(task_id)
    context["task_instance"] = type("Instance", (), {"id": "1"})
    with pytest.raises(TaskAwaitingInput):
        scene.run.dag.get_task(task_id).execute(context)
    return [user["id"] for user in seen.get("assigned_users", [])]


def test_whoever_answered_first_is_not_asked_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(scene, FIRST, monkeypatch) == ["crm_owner", "steward"]
    scene.run.answers = {FIRST: said("steward")}
    assert asked(scene, SECOND, monkeypatch) == ["crm_owner"]


def test_when_nobody_is_left_nobody_in_particular_is_not_asked(scene: Scene) -> None:
    task = scene.run.dag.get_task(SECOND)
    scene.run.answers = {FIRST: said("steward"), "earlier": said("crm_owner")}
    everybody = AskPeople(
        task_id="third", spec=scene.run.spec, gate="decide", subject="?", earlier=[FIRST, "earlier"],
        assigned_users=task.assigned_users,
    )  # fmt: skip
    with pytest.raises(Refusal, match="nobody is left to ask"):
        everybody.execute(scene.run.context(SECOND))


def test_a_rejection_goes_on_record_with_its_risks_and_costs_no_clean_round(scene: Scene) -> None:
    event = {"chosen_options": ["Reject"], "params_input": FORM, "responded_at": datetime.now(UTC)}
    event["responded_by_user"] = {"id": "steward", "name": "steward"}
    task = scene.run.dag.get_task(FIRST)
    with pytest.raises(DownstreamTasksSkipped) as skips:
        task.execute_complete({**scene.run.context(FIRST), "task": task}, event)
    assert READ in skips.value.tasks
    rejection = scene.run.dossier.latest("decide", "rejection")
    assert rejection is not None
    assert (rejection["by"], rejection["comment"]) == ("steward", "Mind the feeds.")
    assert [risk["risk"] for risk in rejection["new_risks"]] == ["A feed nobody listed", "just a worry"]
    scene.run.answers = {FIRST: said("steward", "Reject", **FORM)}
    errors = go_on(scene.run)
    assert list(errors) == ["close.verdict"]
    assert "gate decide.scope: rejected by steward (Mind the feeds.)" in str(errors["close.verdict"])
    assert {scene.run.states[task] for task in ("announce.preview", "plan.write", "rehearse.record_round")} == {
        "skipped"
    }
    again = Retirement(scene.run.spec, "execute", run_id="again")
    again.run("decide.record")  # the clean rounds still count


def test_a_person_who_left_stops_the_run_at_its_gate(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.configuration import conf

    users = conf.get("core", "simple_auth_manager_users").replace("steward:admin", "somebody:admin")
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", users)
    with pytest.raises(Refusal, match="gate 'decide': Airflow knows no user steward, whom the spec names as approver"):
        scene.run.run(GATE)


@pytest.mark.parametrize("mode", ["dry_run", "rehearse"])
def test_a_lesser_mode_asks_nobody_and_goes_on(scene: Scene, mode: str) -> None:
    run = Retirement(scene.run.spec, mode, run_id=f"lesser-{mode}")
    run.run("decide.record")
    with pytest.raises(AirflowSkipException):
        run.run(GATE)
    assert run.run(READ) is None
    run.run_through("plan.write", "announce.preview")
    assert run.dossier.latest("plan", "plan")
