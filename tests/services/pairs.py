"""Pairs of servers to copy between: from which version of PostgreSQL to which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from psycopg import sql

from services.databases import Databases
from services.legacy import shop_spec
from services.old_postgres import DEBIAN_15, old_server
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.spec import Spec

_OLD = [pytest.mark.slow, pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs Debian's PostgreSQL 15")]
PAIRS = ("18 to 18", pytest.param("15 to 15", marks=_OLD), pytest.param("15 to 18", marks=_OLD))


@dataclass(frozen=True)
class Pair:
    """Two databases, which may lie on two servers, and what retires the one into the other."""

    source: Endpoint
    target: Endpoint
    sandbox: Endpoint
    folder: Path

    def spec(self, **replacements: str) -> Spec:
        """The shop's spec, over the whole of the source."""
        whole = {
            ", schemas: [shop]": "",
            "select sum(amount) from shop.orders": "select 1",
            "tmp_*": "none",
        }
        return shop_spec(self.folder, **{**whole, **replacements})

    def retired(self, **replacements: str) -> Retirement:
        """The execution that retires the source, through to its verdict, behind a rehearsal."""
        spec = self.spec(**replacements)
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        execution = Retirement(spec, "execute")
        execution.run_through("close.verdict")
        return execution


@contextmanager
def make_pair(name: str, new: Endpoint, folder: Path, roles: tuple[str, ...] = ()) -> Iterator[Pair]:
    """Empty databases on the servers of a pair, with Airflow connections that lead there, and roles on both."""
    with ExitStack() as undo:
        old = undo.enter_context(old_server()) if "15" in name else new
        servers = [old if version == "15" else new for version in name.split(" to ")]
        for server in set(map(str, servers)):
            there = next(each for each in servers if str(each) == server)
            _make_roles(there, roles)
            undo.callback(partial(_drop_roles, there, roles))
        source, target = (Databases(server) for server in servers)
        undo.callback(source.drop_all)
        undo.callback(target.drop_all)
        pair = Pair(source.make("source"), target.make("target"), servers[1], folder)
        undo.enter_context(connections(folder, shop_db=pair.source, target_db=pair.target, sandbox_db=pair.sandbox))
        yield pair


def _make_roles(server: Endpoint, roles: tuple[str, ...]) -> None:
    with connect(server, "tests") as link:
        for role in roles:
            link.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))


def _drop_roles(server: Endpoint, roles: tuple[str, ...]) -> None:
    with connect(server, "tests") as link:
        for role in roles:
            link.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
