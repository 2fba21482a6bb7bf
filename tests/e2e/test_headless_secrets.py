"""DR-05 in a real Airflow: its logs, its database and all it prints hold no secret, at the loudest log level."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from services.legacy import fill, shop_spec
from services.retirement import connection
from services.secrets import PASSWORD, VENDOR_NOTE, found_below, found_in, watched_arguments
from services.terminal import Terminal
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LOGIN = "keeper_of_secrets"


def test_nothing_that_airflow_keeps_holds_a_secret(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path
) -> None:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    places = {"shop_db": source, "target_db": target, "sandbox_db": pg_server.endpoint}
    terminal = Terminal.at(tmp_path, **places)
    terminal.environment["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "DEBUG"
    for name, place in places.items():
        given = json.loads(connection(replace(place, user=LOGIN, password=PASSWORD)))
        whole = {**given, "extra": {"vendor_note": VENDOR_NOTE}}
        terminal.environment[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(whole)
    shop_spec(tmp_path)
    with watched_arguments() as arguments:
        refused = terminal.sunset("run", "shop.yaml", "--mode=rehearse")
        with connect(pg_server.endpoint, "tests") as link:
            make = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}")
            link.execute(make.format(sql.Identifier(LOGIN), sql.Literal(PASSWORD)))
        let_in = terminal.sunset("run", "shop.yaml", "--mode=rehearse")
    with connect(pg_server.endpoint, "tests") as link:
        link.execute(f"DROP ROLE {LOGIN}")
    assert refused.returncode == 1
    assert let_in.returncode == 0, let_in.stdout + let_in.stderr
    assert f"refused the login as '{LOGIN}'" in refused.stdout + refused.stderr
    assert found_in(refused.stdout + refused.stderr + let_in.stdout + let_in.stderr) == []
    assert (tmp_path / "airflow" / "airflow.db").stat().st_size > 0
    assert found_below(tmp_path) == {}
    assert arguments.of("pg_dump")
    assert arguments.secrets() == []
