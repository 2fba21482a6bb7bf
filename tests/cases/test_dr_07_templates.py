"""DR-07: connection ids are templates, names from the data never are."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.sdk import BaseHook

from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement, approval
from services.scheduling import go_on
from sunset.database.postgres.endpoint import connect
from sunset.errors import Refusal
from sunset.spec import Spec
from sunset_stages.runbook import build_dag

TEMPLATED = {
    "conn_id: shop_db": 'conn_id: "{{ params.src }}"',
    "target_db": '"{{ params.tgt }}"',
    "sandbox_db": '"{{ params.box }}"',
    "archive_store": '"{{ params.bags }}"',
    "schemas: [shop]": "schemas: [o]",
    "select sum(amount) from shop.orders": '\'select max("{{ params.src }}") from o."{{ ds }}"\'',
    "title: Legacy shop": "title: Legacy shop\nparams: {src: nope, tgt: nope, box: nope, bags: nope}",
}


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return shop_spec(tmp_path, **TEMPLATED)


@pytest.fixture
def params(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, str]]:
    """Gives the connections of `loaded` other ids, and the run the parameters that lead there."""

    def rename() -> dict[str, str]:
        new = {"shop_db": "pg_a", "target_db": "pg_b", "sandbox_db": "pg_c", "archive_store": "fs_d"}
        for old_id, new_id in new.items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{new_id.upper()}", os.environ[f"AIRFLOW_CONN_{old_id.upper()}"])
            monkeypatch.delenv(f"AIRFLOW_CONN_{old_id.upper()}")
        return {"src": "pg_a", "tgt": "pg_b", "box": "pg_c", "bags": "fs_d"}

    return rename


@pytest.mark.integration
def test_the_connections_of_the_run_are_used(
    loaded: Callable[[str], Places],
    spec: Spec,
    params: Callable[[], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = loaded("templates.sql")
    given, asked = params(), set()
    look_up = BaseHook.get_connection

    def noted(conn_id: str) -> object:
        asked.add(conn_id)
        return look_up(conn_id)

    monkeypatch.setattr(BaseHook, "get_connection", noted)
    assert go_on(Retirement(spec, "rehearse", run_id="first", params=given)) == {}
    run = Retirement(spec, "execute", params=given)
    run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
    assert go_on(run) == {}
    assert asked == {"pg_a", "pg_b", "pg_c", "fs_d"}
    assert run.xcom["migrate.shop.prepare"] == [{"pack": 0, "called": 'o."{{ ds }}"'}]
    with connect(places.target, "tests") as link:
        rows = link.execute('SELECT id, "{{ params.src }}" FROM o."{{ ds }}" ORDER BY 1').fetchall()
    assert rows == [(1, "{{ ds }}"), (2, "{% raw %}")]


@pytest.mark.integration
@pytest.mark.parametrize("param", ["src", "tgt", "box", "bags"])
def test_a_missing_connection_fails_at_run_time_by_its_name(
    loaded: Callable[[str], Places], spec: Spec, params: Callable[[], dict[str, str]], param: str
) -> None:
    loaded("templates.sql")
    errors = go_on(Retirement(spec, "rehearse", params={**params(), param: "nope"}))
    first = next(iter(errors.values()))
    assert "connection 'nope': Airflow knows no connection of this id." in str(first)


@pytest.mark.integration
def test_a_template_that_renders_to_nothing_is_named(
    loaded: Callable[[str], Places], spec: Spec, params: Callable[[], dict[str, str]]
) -> None:
    loaded("templates.sql")
    errors = go_on(Retirement(spec, "dry_run", params={**params(), "src": ""}))
    first = next(iter(errors.values()))
    assert isinstance(first, Refusal)
    assert "connection ''" in str(first)


@pytest.mark.dags
def test_what_is_rendered_and_what_is_not(spec: Spec) -> None:
    rendered = {name for task in build_dag(spec).tasks for name in task.template_fields}
    assert rendered == {"conn_id", "conn_ids", "target_conn_ids", "archive_conn_id", "subject", "body"}
    copy = build_dag(spec).get_task("migrate.shop.copy")
    assert copy.partial_kwargs["map_index_template"] == "{{ task.called }}"


@pytest.mark.dags
def test_parsing_opens_no_connection(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("something was looked up while a DAG was parsed")

    monkeypatch.setattr(BaseHook, "get_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    dag = build_dag(spec)
    assert dag.get_task("discover.shop.catalogue").conn_ids["source"] == "{{ params.src }}"


@pytest.mark.dags
@pytest.mark.parametrize(
    "title", ["Legacy {{ crm }}", "{% if", "{# no comment #}", "100 %", 'a "b" \\ c', "}} 表 😀 '"]
)
def test_a_title_is_put_into_the_question_as_it_is(tmp_path: Path, title: str) -> None:
    quoted = "'" + title.replace("'", "''") + "'"
    run = Retirement(shop_spec(tmp_path, **{"title: Legacy shop": f"title: {quoted}"}), "execute")
    for gate, question in {"approve": "go_no_go", "accept": "acceptance"}.items():
        run.xcom[f"{gate}.seal"] = {"summary": "{{ as it is }}", "files": 3, "digest": "d1g35t"}
        task = run.dag.get_task(f"{gate}.{question}")
        task.render_template_fields(run.context(task.task_id))
        assert title in task.subject
        assert all(text in task.body for text in ("{{ as it is }}", "d1g35t", "(3 files)"))
