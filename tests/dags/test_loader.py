"""Specs become DAGs: each on its own, the same at every parse, and broken ones where Airflow shows import errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from services.airflow_home import ROOT

pytestmark = pytest.mark.dags

GOOD = """
product: {product}
title: A product
decision: {{reason: Replaced.}}
people:
  owner: {{name: Owner, email: owner@example.com, roles: [sponsor, approver]}}
timeline: {{freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}}
sources:
  databases:
    - {{name: main, conn_id: a, target_conn_id: b, sandbox_conn_id: c}}
archive: {{conn_id: store, path: /bags}}
"""


@pytest.fixture
def products(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUNSET_PRODUCTS", str(tmp_path))
    for product in ("good_a", "good_b"):
        (tmp_path / f"{product}.yaml").write_text(GOOD.format(product=product))
    return tmp_path


def load() -> DagBag:
    return DagBag(str(ROOT / "dags"))


def serialized(bag: DagBag) -> dict[str, object]:
    return {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in bag.dags.items()}


def retiring(bag: DagBag) -> set[str]:
    """The DAGs that retire a product; each has one that disposes of what it leaves, and there are two for all."""
    found = {dag_id for dag_id in bag.dags if "." not in dag_id} - {"sunset_watch", "sunset_hold"}
    disposals = {dag_id.replace("sunset_", "sunset_disposal.", 1) for dag_id in found}
    assert set(bag.dags) == {*found, *disposals, "sunset_watch", "sunset_hold"}
    return found


def bad(old: str, new: str) -> bytes:
    return GOOD.format(product="bad").replace(old, new).encode()


BROKEN = {
    "a tab as indentation": (b"product: bad\n\ttitle: x\n", ("bad.yaml:2",)),
    "an unknown key": (bad("sources:", "tabels:\n  x: y\nsources:"), ("tabels",)),
    "a wrong type": (bad("sandbox_conn_id: c", "sandbox_conn_id: c, parallel: many"), ("parallel",)),
    "an empty file": (b"", ("bad.yaml",)),
    "bytes that are no text": (b"\xff\xfe\x00", ("bad.yaml",)),
}


@pytest.mark.parametrize(("content", "named"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_spec_is_one_import_error_and_takes_no_other_down(
    products: Path, content: bytes, named: tuple[str, ...]
) -> None:
    (products / "bad.yaml").write_bytes(content)
    bag = load()
    assert retiring(bag) == {"sunset_good_a", "sunset_good_b"}
    assert list(bag.import_errors) == [str(ROOT / "dags" / "sunset_problems.py")]
    error = next(iter(bag.import_errors.values()))
    assert all(name in error for name in ("bad.yaml", *named)), error


def test_the_good_half_of_a_file_loads(products: Path) -> None:
    second = GOOD.format(product="half_bad").replace("title: A product\n", "")
    (products / "bad.yaml").write_text(GOOD.format(product="half_good") + "---" + second)
    bag = load()
    assert retiring(bag) == {"sunset_good_a", "sunset_good_b", "sunset_half_good"}
    assert "title" in next(iter(bag.import_errors.values()))


@pytest.mark.parametrize("other", ["sunset_orders", "sunset orders"])
@pytest.mark.parametrize("names", [("x.yaml", "y.yaml"), ("y.yaml", "x.yaml")])
def test_two_specs_with_one_id_are_both_refused(products: Path, names: tuple[str, str], other: str) -> None:
    (products / names[0]).write_text(GOOD.format(product="sunset_orders"))
    (products / names[1]).write_text(GOOD.format(product=other))
    bag = load()
    assert retiring(bag) == {"sunset_good_a", "sunset_good_b"}
    assert len(bag.import_errors) == 1
    assert all(name in next(iter(bag.import_errors.values())) for name in names)


def test_a_dag_is_the_same_at_every_parse(products: Path) -> None:
    assert serialized(load()) == serialized(load())


def test_a_changed_spec_is_another_dag(products: Path) -> None:
    before = serialized(load())["sunset_good_a"]
    path = products / "good_a.yaml"
    path.write_text(path.read_text().replace("Replaced.", "Replaced at last."))
    assert serialized(load())["sunset_good_a"] != before


def test_nothing_runs_because_it_was_deployed(products: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = products / "good_a.yaml"
    path.write_text(path.read_text() + 'rehearsal: {schedule: "0 3 * * *", timezone: Europe/Amsterdam}\n')
    dag = load().dags["sunset_good_a"]
    assert dag.is_paused_upon_creation
    assert not dag.catchup
    assert dag.timetable.run_immediately is False
    assert dag.max_active_runs == 1


def test_every_task_retries_by_cause_and_every_gate_has_named_people_and_no_default(products: Path) -> None:
    from airflow.providers.standard.operators.hitl import ApprovalOperator

    gates = []
    for task in load().dags["sunset_good_a"].tasks:
        assert task.retries >= 3, task.task_id
        if isinstance(task, ApprovalOperator):
            gates.append(task.task_id)
            assert task.assigned_users == [{"id": "owner", "name": "owner"}]
            assert task.defaults is None
        else:
            assert task.retry_policy is not None, task.task_id
    assert sorted(gates) == [
        "accept.acceptance",
        "approve.go_no_go",
        "close.retrospective",
        "decide.scope",
        "plan.confirm",
    ]


def test_the_verdict_alone_tells_the_run_s_state_and_waits_for_everything(products: Path) -> None:
    dag = load().dags["sunset_good_a"]
    verdict = dag.get_task("close.verdict")
    behind = verdict.get_flat_relative_ids(upstream=False)
    assert behind == {"close.retrospective", "close.lessons"}
    # Airflow passes these over when it tells a run's state, so that nobody's silence colours the run.
    assert all(task.is_teardown and not task.on_failure_fail_dagrun for task in map(dag.get_task, behind))
    assert verdict.on_failure_fail_dagrun
    assert verdict.get_flat_relative_ids(upstream=True) == set(dag.task_ids) - {"close.verdict"} - behind


def test_only_the_dag_of_the_running_task_is_built(products: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (products / "bad.yaml").write_text("nonsense")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sunset_good_b")
    bag = load()
    assert set(bag.dags) == {"sunset_good_b"}
    assert not bag.import_errors
    for dag_id in ("sunset_disposal.good_b", "sunset_watch", "sunset_hold"):
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", dag_id)
        assert set(load().dags) == {dag_id}


def test_a_disposal_asks_two_of_the_approvers_and_starts_by_hand_alone(products: Path) -> None:
    bag = load()
    dag = bag.dags["sunset_disposal.good_a"]
    assert (dag.schedule, dag.catchup, dag.is_paused_upon_creation, dag.max_active_runs) == (None, False, True, 1)
    unset = {name for name in dag.params if not dag.params.get_param(name).has_value}
    assert unset == {"run", "subject", "reason"}
    for question in ("approve.destruction", "approve.destruction_2"):
        task = dag.get_task(question)
        assert task.assigned_users == [{"id": "owner", "name": "owner"}]
        assert (task.defaults, task.fail_on_reject) == (None, True)
    assert bag.dags["sunset_watch"].is_paused_upon_creation
    assert not bag.dags["sunset_watch"].catchup
    assert {"good_a.notices", "good_a.fixity", "good_b.due"} <= set(bag.dags["sunset_watch"].task_ids)


def test_parsing_opens_no_connection_and_imports_nothing_heavy(products: Path) -> None:
    script = f"""
import socket, sys
def refuse(*args, **kwargs): raise AssertionError("a connection was opened at parse time")
socket.socket.connect = refuse
sys.path[:0] = [{str(ROOT / "include")!r}, {str(ROOT / "plugins")!r}, {str(ROOT / "dags")!r}]
import airflow.sdk
from airflow.sdk import DAG, get_parsing_context
from airflow.providers.standard.operators.hitl import ApprovalOperator
before = set(sys.modules)
import sunset_dags, sunset_disposal, sunset_hold, sunset_problems, sunset_watch
heavy = set("great_expectations pandas boto3 botocore pyarrow paramiko psycopg sqlalchemy s3fs numpy".split())
print(sorted(heavy & (set(sys.modules) - before)))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr
