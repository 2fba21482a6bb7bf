"""DR-05: a password full of odd characters works, and stands nowhere that anybody may read."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.serialization.serialized_objects import DagSerialization
from psycopg import sql

from services.legacy import fill, shop_spec
from services.retirement import Retirement, approval, connection, connections
from services.scheduling import go_on
from services.secrets import API_KEY, PASSWORD, VENDOR_NOTE, found_below, found_in, watched_arguments
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.tools import find_tools, run
from sunset.errors import Refusal, SunsetError
from sunset.spec import load_file

pytestmark = pytest.mark.integration

LOGIN = "keeper_of_secrets"


@pytest.fixture
def secretive(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Source, target and sandbox behind connections with the odd password and the odd extra; gives the folder."""
    source, target = make_database("shop"), make_database("target")
    fill(source)
    make = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}").format(sql.Identifier(LOGIN), sql.Literal(PASSWORD))
    with connect(pg_server.endpoint, "tests") as link:
        link.execute(make)
    with connections(tmp_path):
        for name, place in {"SHOP_DB": source, "TARGET_DB": target, "SANDBOX_DB": pg_server.endpoint}.items():
            given = json.loads(connection(replace(place, user=LOGIN, password=PASSWORD)))
            monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps({**given, "extra": {"vendor_note": VENDOR_NOTE}}))
        yield tmp_path
    for place in (source, target, pg_server.endpoint):
        with connect(place, "tests", {"default_transaction_read_only": "off"}) as link:
            link.execute(f"REASSIGN OWNED BY {LOGIN} TO postgres")
            link.execute(f"DROP OWNED BY {LOGIN}")
    with connect(pg_server.endpoint, "tests") as link:
        link.execute(f"DROP ROLE {LOGIN}")


class Rendered(Retirement):
    """A run that keeps what Airflow would show as the rendered fields of each task."""

    def _execute(self, task: Any, map_index: int) -> Any:
        try:
            return super()._execute(task, map_index)
        finally:
            shown = {name: repr(getattr(task, name)) for name in task.template_fields}
            self.xcom[f"rendered {task.task_id} {map_index}"] = [shown, repr(task), repr(vars(task))]


def everything_said(run: Retirement, errors: dict[str, SunsetError], caplog: Any, capfd: Any) -> str:
    """All that a run leaves in Airflow: XCom, rendered fields, the serialized DAG, errors, logs and output."""
    said = [json.dumps(run.xcom, default=repr), json.dumps(DagSerialization.to_dict(run.dag), default=repr)]
    for error in errors.values():
        said += [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    output = capfd.readouterr()
    return "\n".join([*said, caplog.text, output.out, output.err])


def test_a_run_to_success(secretive: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    spec = shop_spec(secretive)
    with watched_arguments() as arguments:
        first, last = Rendered(spec, "rehearse", run_id="first"), Rendered(spec, "execute")
        last.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
        errors = {**go_on(first), **go_on(last)}
    assert errors == {}
    said = everything_said(first, errors, caplog, capfd) + everything_said(last, errors, caplog, capfd)
    assert LOGIN in said or "shop.orders" in said
    assert found_in(said) == []
    assert found_below(secretive) == {}
    assert len(arguments.of("pg_dump")) > 2
    assert arguments.of("pg_restore")
    assert arguments.secrets() == []


@pytest.mark.parametrize("part", ["SHOP_DB", "TARGET_DB", "SANDBOX_DB"])
def test_a_refused_login(
    secretive: Path, pg_server: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, part: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    wrong = connection(replace(pg_server.endpoint, password=PASSWORD))
    monkeypatch.setenv(f"AIRFLOW_CONN_{part}", wrong)
    refused = Rendered(shop_spec(secretive), "rehearse")
    errors = go_on(refused)
    assert any("refused the login as 'postgres'" in str(error) for error in errors.values())
    assert found_in(everything_said(refused, errors, caplog, capfd)) == []
    assert found_below(secretive) == {}


@pytest.mark.parametrize(
    "query", ["select sum(amuont) from shop.orders", "select 1 / (count(*) - count(*)) from shop.orders"]
)
def test_a_bad_sql_statement(
    secretive: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], query: str
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = Rendered(shop_spec(secretive, **{"select sum(amount) from shop.orders": query}), "rehearse")
    errors = go_on(bad)
    assert any("order total" in str(error) for error in errors.values())
    assert found_in(everything_said(bad, errors, caplog, capfd)) == []
    assert found_below(secretive) == {}


def test_a_program_that_is_refused(pg_server: Any) -> None:
    wrong = replace(pg_server.endpoint, password=PASSWORD)
    with pytest.raises(Refusal, match="password authentication failed") as refusal:
        run(find_tools(18), "pg_dump", ["--schema-only"], wrong)
    assert found_in("".join(traceback.format_exception(refusal.value))) == []


def test_a_secret_in_a_spec_is_refused_and_not_repeated(tmp_path: Path) -> None:
    shop_spec(tmp_path)
    path = tmp_path / "shop.yaml"
    api = (
        f"  apis:\n    - {{name: tickets, conn_id: crm, endpoint: '/v1/t?api_key={API_KEY}', items: data, id: id, "
        "to: {conn_id: warehouse, table: crm.tickets}}\ndispositions:"
    )
    path.write_text(path.read_text().replace("dispositions:", api))
    loaded = load_file(path)
    assert loaded.specs == ()
    problems = "\n".join(str(problem) for problem in loaded.problems)
    assert "sources.apis[0].endpoint" in problems
    assert "holds a secret" in problems
    assert found_in(problems) == found_in(repr(loaded)) == []
