"""`sunset run` says no: to arguments that do not fit, and by its exit status when a person said no."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.airflow_home import ROOT
from services.legacy import fill, shop_spec
from services.places import run_sql
from services.retirement import Retirement, connections
from services.terminal import Terminal
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = pytest.mark.e2e

ARGUMENTS = [
    (["--source=shpo"], '--source=shpo: the spec has no such name. Did you mean "shop"?'),
    (["--source=shop", "--source="], "--source=: the spec has no such name. Known here: shop."),
    (["--param=src"], "--param=src is not of the form NAME=VALUE."),
    (["--param=scr=pg_a"], '--param=scr: the spec has no such name. Did you mean "src"?'),
    (["--param=mode=execute"], "--param=mode: the spec has no such name."),
    (["--mode=execute", "--reason=x"], "answer them with --approve-as as one of crm_owner, steward."),
    (["--mode=execute", "--reason=x", "--approve-as=migration_op"], "as one of crm_owner, steward."),
    (["--mode=execute", "--reason=x", "--approve-as=steward"], "as one of migration_op, too."),
]


@pytest.mark.parametrize(("arguments", "says"), ARGUMENTS, ids=[" ".join(each) for each, _ in ARGUMENTS])
def test_arguments_that_do_not_fit_the_spec(tmp_path: Path, arguments: list[str], says: str) -> None:
    terminal = Terminal.at(tmp_path)
    shop_spec(tmp_path, **{"title: Legacy shop": "title: Legacy shop\nparams: {src: shop_db}"})
    done = terminal.sunset("run", "shop.yaml", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "airflow").exists()
    assert not (tmp_path / "dossiers").exists()


_REJECTING = """
import sys
from sunset_headless import __main__, answers
given = answers.Answering._answer
class Rejecting:
    def __init__(self, client): self.client = client
    def patch(self, url, json, headers):
        if "accept.acceptance" in url:
            json = {"chosen_options": ["Reject"], "params_input": {"comment": "invoices are missing"}}
        return self.client.patch(url, json=json, headers=headers)
answers.Answering._answer = lambda self, client, user, task, form: given(self, Rejecting(client), user, task, form)
sys.exit(__main__.main())
"""


@pytest.mark.slow
def test_a_rejected_acceptance_is_a_red_run_and_a_writable_source(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path
) -> None:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    places = {"shop_db": source, "target_db": target, "sandbox_db": pg_server.endpoint}
    with connections(tmp_path, **places):
        Retirement(shop_spec(tmp_path), "rehearse", run_id="first").run_through("rehearse.record_round")
    terminal = Terminal.at(tmp_path, **places)
    terminal.environment["PYTHONPATH"] = f"{ROOT / 'plugins'}:{ROOT / 'dags'}"
    options = ["shop.yaml", "--mode=execute", "--reason=a test", "--approve-as=steward", "--approve-as=migration_op"]
    done = terminal.python("-c", _REJECTING, *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "gate accept.acceptance: rejected by steward (invoices are missing)" in done.stdout
    run_sql(source, "INSERT INTO shop.clicks VALUES ('after', 1)")
    assert not list(tmp_path.glob("dossiers/shop/*/cut_over/*"))
    assert not list(tmp_path.glob("archive/**/bagit.txt"))
    (approved,) = tmp_path.glob("dossiers/shop/*/approve/approval.1.json")
    assert '"by": "steward"' in approved.read_text()
    with connect(target, "tests") as link:
        assert link.execute("SELECT count(*) FROM shop.orders").fetchone() == (1000,)
