"""Two servers: the product's, and the one that takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.busy_shop import fill_busy
from services.databases import Databases
from services.retirement import connections
from sunset.database.postgres.endpoint import Endpoint

if TYPE_CHECKING:
    from demo.postgres import PostgresServer

Shop = tuple[Endpoint, Endpoint]


@pytest.fixture
def open_shop(pg_server: PostgresServer, own_server: PostgresServer, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """`open_shop()` gives the shop's database and an empty one, on two servers, or on those given."""
    with ExitStack() as stack:

        def opened(source_server: Endpoint | None = None, target_server: Endpoint | None = None) -> Shop:
            ends = []
            for given, ours in ((source_server, pg_server.endpoint), (target_server, own_server.endpoint)):
                databases = Databases(given or ours)
                if given is None:  # a server of the test's own goes with all that is on it
                    stack.callback(databases.drop_all)
                ends.append(databases.make("busy"))
            source, target = ends
            fill_busy(source)
            places = {"shop_db": source, "target_db": target, "sandbox_db": target_server or own_server.endpoint}
            stack.enter_context(connections(tmp_path, **places))
            return source, target

        yield opened


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr("sunset_operators.replicate.LOOK_EVERY", timedelta(seconds=0.2))
