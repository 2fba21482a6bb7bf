"""DR-04: a retry, or the same task twice, neither loses nor doubles a row of a table without a key."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services import children
from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement
from sunset.database.postgres import copy as copying
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.throttle import Throttle
from sunset.errors import Locked
from sunset_operators.base import SourceOperator

pytestmark = pytest.mark.integration

RIGHT = "5000:a06b9546d0551201caeae980dacc65cc"
_ROWS = """
    SELECT count(*) || ':' || md5(string_agg(x, chr(10) ORDER BY x COLLATE "C"))
    FROM (SELECT t::text AS x FROM o.no_pk AS t) AS q
"""


@pytest.fixture(params=["rehearse", "migrate"])
def ready(
    loaded: Callable[[str], Places], tmp_path: Path, request: pytest.FixtureRequest
) -> tuple[Retirement, Endpoint]:
    """A run just before its copy, in a sandbox or on the target itself, and the database it copies to."""
    places = loaded("no_key.sql")
    replaced = {"schemas: [shop]": "schemas: [o]", "sum(amount) from shop.orders": "sum(a) from o.no_pk"}
    spec = shop_spec(tmp_path, **replaced)
    if request.param == "rehearse":
        run = Retirement(spec, "rehearse")
        run.run_through("rehearse.shop.prepare")
        with connect(places.server, "tests") as link:
            sandbox = link.execute("SELECT datname FROM pg_database WHERE datname ~ '^sunset_sandbox'").fetchone()
        assert sandbox is not None
        return run, places.server.on(sandbox[0])
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("migrate.shop.prepare")
    return run, places.target


def task(run: Retirement) -> str:
    return f"{'migrate' if run.mode == 'execute' else 'rehearse'}.shop.copy"


def after_a_thousand_rows(then: Callable[[], None]) -> Callable[[], None]:
    """Make this process send its rows in small pieces, and do something when a thousand of them are on their way."""
    sent = 0

    def pay(throttle: Throttle, rows: int) -> None:
        nonlocal sent
        sent += rows
        if 1000 <= sent < 1000 + rows:
            then()

    def prepare() -> None:
        copying.BUFFER = 100
        Throttle.pay = pay  # type: ignore[method-assign]

    return prepare


def rows(database: Endpoint) -> str:
    with connect(database, "tests") as link:
        return str(link.execute(_ROWS).fetchone()[0])  # type: ignore[index]


def assert_right(run: Retirement, database: Endpoint) -> None:
    assert rows(database) == RIGHT
    run.run_through("close.verdict", start=task(run).replace("copy", "complete"))
    verdict = run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"], verdict["gaps"]
    assert verdict["rows"] == 5000


def retried(run: Retirement) -> list[dict[str, object]]:
    """The next try, as Airflow makes it: again and again while the dead worker's connection is still there."""
    for _ in range(100):
        try:
            return run.run(task(run))  # type: ignore[no-any-return]
        except Locked:
            time.sleep(0.1)
    raise AssertionError("the lock of a killed task was never released")


def test_killed_in_the_middle(ready: tuple[Retirement, Endpoint]) -> None:
    run, database = ready
    arm = after_a_thousand_rows(children.kill_me)
    assert children.outcome(children.start(lambda: (arm(), run.run(task(run))))) == -signal.SIGKILL
    (pack,) = retried(run)
    assert pack["rows"] == 5000
    assert_right(run, database)


def test_started_again_while_the_first_still_writes(ready: tuple[Retirement, Endpoint]) -> None:
    run, database = ready
    reached, says_reached = os.pipe()
    may_go_on, says_go_on = os.pipe()

    def pause() -> None:
        os.write(says_reached, b".")
        os.read(may_go_on, 1)

    arm = after_a_thousand_rows(pause)
    child = children.start(lambda: (arm(), run.run(task(run))))
    os.close(says_reached)
    assert os.read(reached, 1) == b".", "the child ended before it came so far"
    with pytest.raises(Locked, match=r'"?o\.no_pk"?.* is being worked on by \'sunset shop shop manual__2026-01-01'):
        run.run(task(run))
    os.write(says_go_on, b".")
    assert children.outcome(child) == 0
    run.run(task(run))  # so that this process, too, knows its result
    assert_right(run, database)


def test_killed_after_the_commit(ready: tuple[Retirement, Endpoint]) -> None:
    run, database = ready

    def work() -> None:
        SourceOperator.report = lambda operator, progress: children.kill_me()  # type: ignore[method-assign]
        run.run(task(run))

    assert children.outcome(children.start(work)) == -signal.SIGKILL
    assert rows(database) == RIGHT
    (pack,) = retried(run)
    assert pack["rows"] == 5000
    assert_right(run, database)
