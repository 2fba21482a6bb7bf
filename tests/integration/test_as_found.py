"""Databases as they are found in the wild: retired whole, by an ordinary owner, whatever became of `public`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.legacy import fill, shop_spec
from services.places import run_sql
from services.retirement import Retirement, approval, connections
from services.scheduling import go_on
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope
from sunset.spec import Spec

pytestmark = pytest.mark.integration


def retire(spec: Spec) -> None:
    assert go_on(Retirement(spec, "rehearse", run_id="first")) == {}
    run = Retirement(spec, "execute")
    run.answers = {"approve.go_no_go": approval("crm_owner"), "accept.acceptance": approval("steward")}
    assert go_on(run) == {}


PUBLIC = {
    "dropped": "DROP SCHEMA public",
    "made anew, with another owner": (
        "DROP SCHEMA public; CREATE SCHEMA public; CREATE TABLE public.t (id int); COMMENT ON SCHEMA public IS 'ours'"
    ),
    "with other grants": "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC",
}


@pytest.mark.parametrize("statement", PUBLIC.values(), ids=PUBLIC.keys())
def test_the_schema_public_is_on_the_target_as_it_was(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path, statement: str
) -> None:
    source, target = make_database("shop"), make_database("target")
    fill(source)
    run_sql(source, statement)
    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=pg_server.endpoint):
        retire(shop_spec(tmp_path, **{", schemas: [shop]": "", 'name: "tmp_*"': "name: none_such"}))
    before, after = (measure(lambda place=place: connect(place, "tests"), Scope()) for place in (source, target))
    assert before == after
    assert any(fact.kind == "schema" and fact.identity == "public" for fact in after.objects) == (
        statement != "DROP SCHEMA public"
    )


def test_an_owner_who_is_no_superuser_can_do_it_all(
    make_database: Callable[..., Endpoint], pg_server: Any, tmp_path: Path
) -> None:
    places = {"shop_db": make_database("shop"), "target_db": make_database("target"), "sandbox_db": pg_server.endpoint}
    owner = f"CREATE ROLE shop_owner LOGIN CREATEDB PASSWORD '{pg_server.endpoint.password}'"
    run_sql(pg_server.endpoint, owner)
    for name in ("shop_db", "target_db"):
        run_sql(pg_server.endpoint, f'ALTER DATABASE "{places[name].database}" OWNER TO shop_owner')
    mine = {name: replace(place, user="shop_owner") for name, place in places.items()}
    fill(mine["shop_db"])
    with connections(tmp_path, **mine):
        retire(shop_spec(tmp_path))
    for name in ("shop_db", "target_db"):
        with connect(places[name], "tests", {"default_transaction_read_only": "off"}) as link:
            link.execute("REASSIGN OWNED BY shop_owner TO postgres")
            link.execute("DROP OWNED BY shop_owner")
    run_sql(pg_server.endpoint, "DROP ROLE shop_owner")
