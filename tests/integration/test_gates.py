"""The gates: only an approval of this very seal by a person who was asked goes on; after all else the source thaws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.kept import Scene
from services.retirement import approval
from services.scheduling import go_on
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation, Refusal, SunsetError

pytestmark = pytest.mark.integration

QUESTIONS = {"approve": "approve.go_no_go", "accept": "accept.acceptance"}


@dataclass(frozen=True)
class AtGate(Scene):
    """A run that has just put the question of a gate."""

    gate: str

    @property
    def dossier(self) -> Path:
        (folder,) = (self.folder / "dossiers" / "shop").glob("manual__*")
        return folder

    @property
    def seal(self) -> Path:
        return self.dossier / self.run.xcom[f"{self.gate}.seal"]["path"]

    def go_on(self, answer: Any = None, by_hand: dict[str, str] | None = None) -> dict[str, SunsetError]:
        """Give an answer, or none; go on to the end of the run."""
        self.run.answers[QUESTIONS[self.gate]] = answer
        return go_on(self.run, by_hand)


@pytest.fixture(params=QUESTIONS)
def scene(run_before: Callable[[str], Scene], request: pytest.FixtureRequest) -> AtGate:
    """The run at a gate, with databases of its own."""
    there = run_before(QUESTIONS[request.param])
    return AtGate(there.run, there.places, request.param)


def assert_stopped(scene: AtGate) -> dict[str, Any]:
    """Nothing behind the gate ran, the source is writable, the run is red; returns the verdict."""
    behind = scene.run.dag.get_task(f"{scene.gate}.read_answer").get_flat_relative_ids(upstream=False)
    ran = {task for task in behind if scene.run.states[task] == "success"}
    assert ran <= {"thaw.shop.thaw"}
    assert scene.run.states["close.verdict"] == "failed"
    with connect(scene.source, "tests") as connection:
        connection.execute("INSERT INTO shop.clicks VALUES ('after', 1)")
    if scene.gate == "approve":
        assert objects(scene.target) == 0
    verdict = scene.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert not verdict["held"]
    return verdict


def objects(database: Endpoint) -> int:
    """How many relations, schemas, types and routines a database has, beside the system's own."""
    query = """
        SELECT count(*) FROM (SELECT oid FROM pg_class UNION ALL SELECT oid FROM pg_namespace
                              UNION ALL SELECT oid FROM pg_type UNION ALL SELECT oid FROM pg_proc) AS o
        WHERE oid >= 16384
    """
    with connect(database, "tests") as connection:
        return connection.execute(query).fetchone()[0]  # type: ignore[index]


def test_an_approval_goes_on_to_the_end(scene: AtGate) -> None:
    scene.run.answers["accept.acceptance"] = approval("steward")
    assert scene.go_on(approval("crm_owner", comment="fine")) == {}
    verdict = scene.run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"]
    given = {each["gate"]: (each["by"], each["comment"], each["digest"]) for each in verdict["approvals"]}
    assert given[scene.gate] == ("crm_owner", "fine", scene.run.xcom[f"{scene.gate}.seal"]["digest"])


def test_a_rejection_stops_and_the_verdict_names_who_and_why(scene: AtGate) -> None:
    errors = scene.go_on(approval("steward", "Reject", "invoices are missing"))
    assert list(errors) == ["close.verdict"]
    assert_stopped(scene)
    for said in (QUESTIONS[scene.gate], "rejected by steward", "invoices are missing"):
        assert said in str(errors["close.verdict"])


def test_a_gate_marked_as_success_by_hand_does_not_pass(scene: AtGate) -> None:
    errors = scene.go_on(by_hand={QUESTIONS[scene.gate]: "success"})
    assert isinstance(errors[f"{scene.gate}.read_answer"], Refusal)
    assert "never answered" in str(errors[f"{scene.gate}.read_answer"])
    assert_stopped(scene)


@pytest.mark.parametrize("task", ["seal", "read_answer"])
def test_its_other_tasks_marked_as_success_by_hand_do_not_pass_either(scene: AtGate, task: str) -> None:
    if task == "seal":
        del scene.run.xcom[f"{scene.gate}.seal"]
    errors = scene.go_on(approval("crm_owner"), {f"{scene.gate}.{task}": "success"})
    assert any("seal" in str(error) or "approval" in str(error) for error in errors.values()), errors
    assert_stopped(scene)


@pytest.mark.parametrize("user", ["migration_op", "nobody_we_know", "", None])
def test_the_answer_of_another_person_does_not_count(scene: AtGate, user: str | None) -> None:
    errors = scene.go_on({**approval("crm_owner"), "responded_by_user": user and {"id": user, "name": user}})
    assert "not asked here; asked: crm_owner, steward" in str(errors[f"{scene.gate}.read_answer"])
    assert_stopped(scene)


def flip_a_byte(scene: AtGate) -> Path:
    file = scene.dossier / "rehearse" / "shop-validation.1.json"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return file


def add_a_file(scene: AtGate) -> Path:
    file = scene.dossier / "rehearse" / "shop-validation.2.json"
    file.write_text("{}")
    return file


def remove_a_file(scene: AtGate) -> Path:
    file = scene.dossier / "decide" / "decision.1.json"
    file.unlink()
    return file


def rewrite_the_seal(scene: AtGate) -> Path:
    data = scene.seal.read_bytes().replace(b'"sealed_at": "20', b'"sealed_at": "21')
    scene.seal.write_bytes(data)
    return scene.seal


def remove_the_seal(scene: AtGate) -> Path:
    scene.seal.unlink()
    return scene.seal


def add_a_link(scene: AtGate) -> Path:
    link = scene.dossier / "plan" / "more.json"
    link.symlink_to("/etc/hostname")
    return link


TAMPERING = [flip_a_byte, add_a_file, remove_a_file, rewrite_the_seal, remove_the_seal, add_a_link]


@pytest.mark.parametrize("tamper", TAMPERING, ids=[tamper.__name__ for tamper in TAMPERING])
def test_a_dossier_changed_after_the_question_was_put(scene: AtGate, tamper: Callable[[AtGate], Path]) -> None:
    file = tamper(scene).relative_to(scene.dossier)
    errors = scene.go_on(approval("crm_owner"))
    assert "the dossier changed after the question was put" in str(errors[f"{scene.gate}.read_answer"])
    assert str(file) in str(errors[f"{scene.gate}.read_answer"])
    assert scene.run.states["close.verdict"] == "failed"


def test_without_an_answer_nothing_moves(scene: AtGate) -> None:
    assert scene.go_on() == {}
    behind = scene.run.dag.get_task(f"{scene.gate}.read_answer").get_flat_relative_ids(upstream=False)
    assert {scene.run.states[task] for task in behind} == {"waiting"}


@pytest.mark.parametrize("state", ["failed", "upstream_failed", "skipped"])
def test_a_gate_that_ends_without_an_answer_stops(scene: AtGate, state: str) -> None:
    scene.go_on(by_hand={QUESTIONS[scene.gate]: state})
    assert_stopped(scene)


@pytest.mark.parametrize("scene", ["accept"], indirect=True)
def test_a_task_that_failed_anywhere_is_a_red_run(scene: AtGate) -> None:
    scene.go_on(approval("crm_owner"))
    states = {**scene.run.states}
    for state in ("failed", "upstream_failed"):
        for task in states.keys() - {"close.verdict"}:
            scene.run.states = {**states, task: state}
            with pytest.raises(Deviation, match=f"task {task}: {state}"):
                scene.run.run("close.verdict")
    scene.run.states = {**states, "migrate.shop.copy_7": "failed"}
    with pytest.raises(Deviation, match="copy_7"):
        scene.run.run("close.verdict")
    scene.run.states = states
    assert scene.run.run("close.verdict")["digest"]
