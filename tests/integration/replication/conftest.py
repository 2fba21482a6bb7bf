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
    """`open_shop(source_server)` gives the shop's database there and an empty one on the other server."""
    with ExitStack() as stack:

        def opened(source_server: Endpoint = pg_server.endpoint, target_server: Endpoint = own_server.endpoint) -> Shop:
            sources, targets = Databases(source_server), Databases(target_server)
            stack.callback(sources.drop_all)
            stack.callback(targets.drop_all)
            source, target = sources.make("busy"), targets.make("target")
            fill_busy(source)
            stack.enter_context(connections(tmp_path, shop_db=source, target_db=target, sandbox_db=target_server))
            return source, target

        yield opened


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr("sunset_operators.replicate.LOOK_EVERY", timedelta(seconds=0.2))
