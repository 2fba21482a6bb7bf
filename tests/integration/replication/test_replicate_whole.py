"""A product that goes on writing is retired by route `replicate`, and no confirmed write is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.busy_shop import WRITES, busy_spec
from services.retirement import Retirement
from services.writer import Writer
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope

pytestmark = pytest.mark.integration

LEFT = (
    "SELECT count(*) FROM pg_replication_slots WHERE database = current_database() "
    "UNION ALL SELECT count(*) FROM pg_publication UNION ALL SELECT count(*) FROM pg_subscription s "
    "JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()"
)


def left_over(database: Endpoint) -> list[int]:
    """How many slots, publications and subscriptions a database has."""
    with connect(database, "tests") as link:
        return [row[0] for row in link.execute(LEFT).fetchall()]


def retire(folder: Path, source: Endpoint, target: Endpoint) -> Retirement:
    """One rehearsal, and one execution while the product writes."""
    spec = busy_spec(folder)
    Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
    run = Retirement(spec, "execute")
    run.run_through("approve.read_answer")
    with Writer(source, WRITES) as product:
        product.wait_for(20)
        run.run_through("follow.shop.copy", start="follow.shop.prepare")
        product.wait_for(200)
        run.run_through("follow.shop.watch", start="follow.shop.subscribe")
        product.wait_for(100)
        run.run_through("close.verdict", start="freeze.shop.freeze")
        assert product.confirmed > 300
    return run


def test_a_product_goes_on_until_the_freeze(
    open_shop: Callable[..., tuple[Endpoint, Endpoint]], tmp_path: Path
) -> None:
    source, target = open_shop()
    run = retire(tmp_path, source, target)
    verdict = run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"], verdict
    assert left_over(source) == left_over(target) == [0, 0, 0]
    scope = Scope(schemas=("shop",), excluded=("shop.tmp_import",))
    facts = [measure(lambda at=at: connect(at, "tests"), scope) for at in (source, target)]
    assert facts[0] == facts[1]
