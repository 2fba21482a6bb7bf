"""One object of every kind: on the target as on the source, or on the list of what is not carried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.pairs import PAIRS, Pair, make_pair
from services.retirement import Retirement
from services.scheduling import go_on
from sunset.database.postgres.accounting import unaccounted
from sunset.database.postgres.endpoint import connect
from sunset.database.postgres.inventory import inventory

pytestmark = [pytest.mark.integration, pytest.mark.slow]

INPUTS = Path(__file__).parents[3] / "cases" / "inputs"
KINDS = (INPUTS / "kinds.sql").read_bytes()
KINDS_18 = (INPUTS / "kinds_18.sql").read_bytes()
OF_18 = {"k18.filled: must_be", "k18.filled: b_filled", "k18.offers: at_a_price", "k18.loose: to_nowhere"}
UNSUBSCRIBE = "DROP SUBSCRIPTION IF EXISTS from_elsewhere"


@pytest.fixture(scope="module", params=PAIRS)
def filled(request: pytest.FixtureRequest, pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("kinds")
    with make_pair(request.param, pg_server.endpoint, folder, ("kinds_owner", "kinds_reader")) as pair:
        with connect(pair.source, "tests", {"search_path": '"$user", public'}) as source:
            source.execute(KINDS)
            if source.info.server_version >= 180000:
                source.execute(KINDS_18)
        yield pair
        with connect(pair.source, "tests", {"default_transaction_read_only": "off"}) as source:
            source.execute(UNSUBSCRIBE)


@pytest.fixture(scope="module")
def retired(filled: Pair) -> Retirement:
    return filled.retired()


def test_every_object_of_every_catalog_is_compared_or_named(filled: Pair) -> None:
    with connect(filled.source, "tests") as source:
        assert unaccounted(source) == []


def test_what_has_neither_place_is_found_in_the_catalogs(filled: Pair) -> None:
    making = "CREATE FUNCTION k.cmp(int4, text) RETURNS int4 LANGUAGE sql IMMUTABLE AS 'SELECT 0'"
    adding = "ALTER OPERATOR FAMILY integer_ops USING btree ADD FUNCTION 1 (int4, text) k.cmp(int4, text)"
    with connect(filled.source, "tests") as source, source.transaction(force_rollback=True):
        source.execute(making)
        source.execute(adding)
        assert [kind for kind, _ in unaccounted(source)] == ["function of access method"]


def test_the_target_has_all_objects_and_the_verdict_counts_the_others(filled: Pair, retired: Retirement) -> None:
    with connect(filled.source, "tests") as source, connect(filled.target, "tests") as target:
        held = inventory(source, (), ())
        assert held == inventory(target, (), ())
        assert source.info.server_version < 180000 or {fact.identity for fact in held} >= OF_18
    catalogue, verdict = retired.dossier.latest("discover", "shop"), retired.dossier.latest("close", "verdict")
    assert catalogue is not None
    assert verdict is not None
    left = {(asset["kind"], asset["address"]) for asset in catalogue["assets"] if asset["not_carried"]}
    assert left == {
        ("role", "kinds_owner"),
        ("role", "kinds_reader"),
        ("rows of a foreign table", "k.outside"),
        ("subscription", "from_elsewhere"),
        ("user mapping", "kinds_reader on files"),
    }
    assert (verdict["held"], verdict["not_carried"]) == (True, 5)


def test_no_secret_of_another_server_is_in_the_evidence(filled: Pair, retired: Retirement) -> None:
    held = b"".join(path.read_bytes() for path in (filled.folder / "dossiers").rglob("*") if path.is_file())
    assert b"not_carried" in held
    assert b"S3cr3t" not in held


def test_a_user_mapping_whose_secret_the_login_sees_is_refused(filled: Pair) -> None:
    with connect(filled.source, "tests", {"default_transaction_read_only": "off"}) as source:
        source.execute("CREATE USER MAPPING FOR kinds_owner SERVER files OPTIONS (password 'S3cr3t')")
        errors = go_on(Retirement(filled.spec(), "dry_run", run_id="secret"))
        source.execute("DROP USER MAPPING FOR kinds_owner SERVER files")
    assert "mapped_secret: kinds_owner on files" in str(list(errors.values()))
