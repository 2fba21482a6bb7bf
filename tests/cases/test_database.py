"""Real problems of database copies as small inputs: retired through the operators, then checked one by one.

`inputs/source.sql` is the legacy database, `inputs/checks.sql` asks 70 questions of the target. From and to every
version at hand: the newer server of the tests has no ICU, so there the input uses citext instead.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from services.pairs import PAIRS, make_pair
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


# The input makes its collation with ICU where the server has it, and does without where it says no.
NO_ICU = """
    CREATE FUNCTION public.no_icu() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE feature_not_supported; END $$;
    CREATE EVENT TRIGGER no_icu ON ddl_command_start WHEN TAG IN ('CREATE COLLATION')
      EXECUTE FUNCTION public.no_icu();
"""
ICU_AGAIN = "DROP EVENT TRIGGER no_icu; DROP FUNCTION public.no_icu();"


def run_text(database: Endpoint, text: bytes) -> list[list[tuple[str, ...]]]:
    """Run statements; the rows of each that returned some."""
    with connect(database, "tests", {"search_path": '"$user", public'}) as connection:
        cursor = connection.execute(text)
        return [cursor.fetchall() for _ in cursor.results() if cursor.description]


def run_input(database: Endpoint, name: str) -> list[list[tuple[str, ...]]]:
    """Run an input; the rows of each of its statements that returned some."""
    return run_text(database, (INPUTS / name).read_bytes())


@pytest.fixture(scope="module", params=PAIRS)
def misses(
    request: pytest.FixtureRequest, pg_server: object, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """What does not hold on the target, by case."""
    with make_pair(request.param, pg_server.endpoint, tmp_path_factory.mktemp("cases")) as pair:  # type: ignore[attr-defined]
        without_icu = request.param == "15 to 18"
        run_text(pair.source, NO_ICU.encode() if without_icu else b"")
        run_input(pair.source, "source.sql")
        run_text(pair.source, ICU_AGAIN.encode() if without_icu else b"")
        pair.retired()
        *_, failures, [(held, failed)] = run_input(pair.target, "checks.sql")
    assert (int(held) + int(failed), len(failures)) == (70, int(failed))
    found = defaultdict(list)
    for case, what, expected, got in failures:
        found[case].append(f"{what}: expected {expected}, got {got}")
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{case} {what}" for case, what in CASES.items()])
def test_database_case(misses: dict[str, list[str]], case: str) -> None:
    assert misses[case] == []
