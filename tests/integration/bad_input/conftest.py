"""A filled source, an empty target, a server for sandboxes, and logins that may do less than a superuser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from services.kept import Scene
from services.legacy import fill
from services.places import Places
from services.retirement import connections
from sunset.database.postgres.endpoint import Endpoint, connect


@pytest.fixture
def places(make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path) -> Iterator[Places]:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=pg_server.endpoint):
        yield Places(source, target, pg_server.endpoint, tmp_path)


@pytest.fixture
def make_login(pg_server: Any) -> Iterator[Callable[..., Endpoint]]:
    """Makes a role that may log in, with these statements about it (`{}` is its name)."""
    made: list[tuple[str, Endpoint]] = []

    def make(database: Endpoint, *statements: str) -> Endpoint:
        name = f"limited_{len(made)}"
        made.append((name, database))
        with connect(database, "tests") as link:
            for statement in (f"CREATE ROLE {{}} LOGIN PASSWORD '{database.password}'", *statements):
                link.execute(sql.SQL(statement).format(sql.Identifier(name)))
        return replace(database, user=name)

    yield make
    for name, database in made:
        leave = ("REASSIGN OWNED BY {} TO postgres", "DROP OWNED BY {} CASCADE")
        for place, statement in (*((database, each) for each in leave), (pg_server.endpoint, "DROP ROLE {}")):
            with connect(place, "tests") as link:
                link.execute(sql.SQL(statement).format(sql.Identifier(name)))


@pytest.fixture
def rehearsed(run_before: Callable[[str], Scene]) -> Places:
    """The same behind a clean rehearsal."""
    return run_before("decide.record").places
