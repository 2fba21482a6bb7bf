"""Real problems of database copies as small inputs: retired through the operators, then checked one by one.

`inputs/source.sql` is the legacy database, `inputs/checks.sql` asks 70 questions of the target.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from services.databases import Databases
from services.legacy import shop_spec
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = pytest.mark.integration

INPUTS = Path(__file__).parent / "inputs"
CASES = {
    "DB-01": "sequences and identity go on where they stood",
    "DB-02": "generated columns stay generated and are not sent",
    "DB-03": "foreign keys in a circle",
    "DB-04": "triggers do not fire during the copy",
    "DB-05": "NaN, infinity, minus zero and long decimals",
    "DB-06": "dates outside of Python's range",
    "DB-07": "inheritance and partitions",
    "DB-08": "names that need care",
    "DB-09": "empty text, NULL, newlines, backslashes, megabytes",
    "DB-10": "numbers inside JSON, and the text of json",
    "DB-11": "views, materialized views and checks whose functions name no schema",
    "DR-04": "a table without a key keeps its doubles",
}


def run_input(database: Endpoint, name: str) -> list[list[tuple[str, ...]]]:
    """Run an input; the rows of each of its statements that returned some."""
    with connect(database, "tests", {"search_path": '"$user", public'}) as connection:
        cursor = connection.execute((INPUTS / name).read_bytes())
        return [cursor.fetchall() for _ in cursor.results() if cursor.description]


@pytest.fixture(scope="module")
def misses(pg_server: object, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What does not hold on the target, by case."""
    databases = Databases(pg_server.endpoint)  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("cases")
    source, target = databases.make("cases"), databases.make("target")
    run_input(source, "source.sql")
    spec = shop_spec(
        folder,
        **{
            ", schemas: [shop]": "",
            "select sum(amount) from shop.orders": "select count(*) from o.no_pk",
            "tmp_*": "none",
        },
    )
    with connections(folder, shop_db=source, target_db=target, sandbox_db=databases.server):
        Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        Retirement(spec, "execute").run_through("close.verdict")
    *_, failures, [(held, failed)] = run_input(target, "checks.sql")
    databases.drop_all()
    assert (int(held) + int(failed), len(failures)) == (70, int(failed))
    found = defaultdict(list)
    for case, what, expected, got in failures:
        found[case].append(f"{what}: expected {expected}, got {got}")
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{case} {what}" for case, what in CASES.items()])
def test_database_case(misses: dict[str, list[str]], case: str) -> None:
    assert misses[case] == []
