"""From an older server to a newer one, and servers that crash while the target follows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.busy_shop import WRITES, busy_spec
from services.old_postgres import DEBIAN_15, old_server
from services.places import run_sql
from services.retirement import Retirement
from services.servers import restartable_server
from services.trying import retried
from services.writer import Writer
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCOPE = Scope(schemas=("shop",), excluded=("shop.tmp_import",))
OpenShop = Callable[..., tuple[Endpoint, Endpoint]]


def tables(database: Endpoint) -> object:
    return measure(lambda: connect(database, "tests"), SCOPE).tables


def rehearsed(folder: Path) -> Retirement:
    """An execution that has its go."""
    spec = busy_spec(folder)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("approve.read_answer")
    return run


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="no PostgreSQL 15 on this machine")
def test_a_product_on_an_older_server_is_followed_by_a_newer_one(open_shop: OpenShop, tmp_path: Path) -> None:
    with old_server(wal_level="logical") as old:
        source, target = open_shop(source_server=old)
        run = rehearsed(tmp_path)
        with Writer(source, WRITES) as product:
            run.run_through("follow.shop.copy", start="follow.shop.prepare")
            product.wait_for(100)
            run.run_through("follow.shop.watch", start="follow.shop.subscribe")
            product.wait_for(100)
            run.run_through("close.verdict", start="freeze.shop.freeze")
        assert tables(source) == tables(target)


@pytest.mark.parametrize("whose", ["source", "target"])
def test_a_server_crashes_while_the_target_follows(open_shop: OpenShop, tmp_path: Path, whose: str) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(restartable_server())
        run_sql(server.endpoint, "ALTER SYSTEM SET wal_level = logical")
        server.crash()
        source, target = open_shop(**{f"{whose}_server": server.endpoint})
        run = rehearsed(tmp_path)
        with Writer(source, WRITES) as product:
            run.run_through("follow.shop.subscribe", start="follow.shop.prepare")
            product.wait_for(50)
            server.crash()
            product.wait_for(50)
            retried(run, "follow.shop.watch")
            run.run_through("close.verdict", start="freeze.shop.freeze")
        assert tables(source) == tables(target)
