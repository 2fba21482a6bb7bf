"""What people make of a database besides one object of each kind: odd values, odd names, odd structures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.pairs import PAIRS, Pair, make_pair
from services.places import run_sql, same_content
from services.retirement import connections
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = [pytest.mark.integration, pytest.mark.slow]

INPUTS = Path(__file__).parent
_18, _, FROM_15_TO_18 = PAIRS


def load(database: Endpoint, name: str) -> None:
    with connect(database, "tests", {"search_path": '"$user", public'}) as connection:
        connection.execute((INPUTS / name).read_bytes())


def verdict_of(pair: Pair) -> tuple[bool, int]:
    verdict = pair.retired().dossier.latest("close", "verdict")
    assert verdict is not None
    return verdict["held"], verdict["rows"]


@pytest.mark.parametrize("pair", [_18, FROM_15_TO_18])
def test_it_is_on_the_target_as_it_was(pg_server: Any, tmp_path: Path, pair: str) -> None:
    with make_pair(pair, pg_server.endpoint, tmp_path) as ends:
        load(ends.source, "strange_values.sql")
        load(ends.source, "strange_structures.sql")
        assert verdict_of(ends) == (True, 139)
        assert same_content(ends.source, ends.target)


def test_logins_that_are_no_superusers(pg_server: Any, tmp_path: Path) -> None:
    """Everything belongs to one role, as on servers that others run; the target's login is a member of it."""
    with make_pair(_18, pg_server.endpoint, tmp_path, ("plain_owner", "plain_taker", "plain_reader")) as ends:
        logins = []
        for database, role in ((ends.source, "plain_owner"), (ends.target, "plain_taker")):
            run_sql(
                database,
                f"ALTER ROLE {role} LOGIN CREATEDB PASSWORD '{database.password}'",
                f"ALTER DATABASE {database.database} OWNER TO {role}",
            )
            logins.append(replace(database, user=role))
        run_sql(
            ends.target,
            "GRANT plain_owner, plain_reader TO plain_taker",
            f"GRANT CREATE ON DATABASE {ends.target.database} TO plain_owner",
        )
        load(logins[0], "plain_owner.sql")
        with connections(tmp_path, shop_db=logins[0], target_db=logins[1], sandbox_db=logins[1]):
            assert verdict_of(ends) == (True, 504)
        assert same_content(ends.source, ends.target)
