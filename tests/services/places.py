"""The databases of one product under test: what is in them, and that a run leaves it so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.legacy import shop_spec
from services.retirement import Retirement
from services.scheduling import go_on
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope
from sunset.errors import SunsetError

CLEANERS = {"rehearse.shop.drop_sandbox", "thaw.shop.thaw"}  # run after everything, on the same bad input


@dataclass(frozen=True)
class Places:
    """The databases of one product, and what is in them."""

    source: Endpoint
    target: Endpoint
    server: Endpoint
    folder: Path

    def state(self) -> Any:
        """Content and settings of source and target, and every database of the server."""
        with connect(self.server, "tests") as link:
            databases = link.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
            settings = link.execute("SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting").fetchall()
        return (
            databases,
            settings,
            measure(lambda: connect(self.source, "tests"), Scope()),
            measure(lambda: connect(self.target, "tests"), Scope()),
        )

    @contextmanager
    def untouched(self) -> Iterator[None]:
        before = self.state()
        yield
        assert self.state() == before

    def refused(self, mode: str = "rehearse", **replacements: str) -> SunsetError:
        """The one error of a run that comes to its end without having written anything."""
        run = Retirement(shop_spec(self.folder, **replacements), mode)
        with self.untouched():
            errors = go_on(run)
        assert run.states["close.verdict"] == "failed"
        first, *others = errors.items()
        assert not {task for task, _ in others} - {*CLEANERS, "rehearse.record_round", "close.verdict"}, errors
        assert not first[0].startswith(("rehearse", "migrate")), errors
        return first[1]


def same_content(source: Endpoint, target: Endpoint, *excluded: str) -> bool:
    """Whether two databases hold the same rows, sequences and definitions, but for these tables."""
    scope = Scope(excluded=excluded)
    one, other = (measure(lambda place=place: connect(place, "tests"), scope) for place in (source, target))
    return one == other


def rows(database: Endpoint, query: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with connect(database, "tests") as link:
        return link.execute(query.encode()).fetchall()


def run_sql(database: Endpoint, *statements: str) -> None:
    with connect(database, "tests") as link:
        for statement in statements:
            link.execute(statement.encode())
