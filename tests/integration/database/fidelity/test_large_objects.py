"""Large objects: retired with number, bytes, owner, rights and comment, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.pairs import PAIRS, Pair, make_pair
from services.retirement import Retirement, connections
from services.scheduling import go_on
from sunset.database.postgres import large_object_copy, large_objects
from sunset.database.postgres.endpoint import connect

pytestmark = pytest.mark.integration

_FILL = """
    CREATE EXTENSION lo;
    CREATE TABLE scans (id int PRIMARY KEY, scan lo);
    SELECT lo_from_bytea(5000000 + g, decode(md5(g::text), 'hex')) FROM generate_series(1, 2500) AS g;
    SELECT lo_from_bytea(77, ''), lo_from_bytea(4294967295, 'last');
    SELECT lo_from_bytea(4000000000, decode(repeat('00ff17', 1300000), 'hex'));
    SELECT lo_create(4000000001), lo_put(4000000001, 3000000, 'behind a hole');
    INSERT INTO scans VALUES (1, 4000000000), (2, 77);
    CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON scans FOR EACH ROW EXECUTE FUNCTION lo_manage(scan);
    ALTER LARGE OBJECT 77 OWNER TO lo_owner;
    GRANT SELECT ON LARGE OBJECT 77 TO lo_reader WITH GRANT OPTION;
    GRANT SELECT, UPDATE ON LARGE OBJECT 4000000000 TO PUBLIC;
    REVOKE UPDATE ON LARGE OBJECT 4000000001 FROM CURRENT_USER;
    COMMENT ON LARGE OBJECT 4000000000 IS 'a scan';
"""
_STATE = """
    SELECT oid, md5(lo_get(oid)), lomacl::text, pg_get_userbyid(lomowner), obj_description(oid, 'pg_largeobject')
    FROM pg_largeobject_metadata ORDER BY oid
"""


@pytest.fixture(scope="module", params=PAIRS)
def retired(
    request: pytest.FixtureRequest, pg_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Pair, Retirement]]:
    folder = tmp_path_factory.mktemp("large")
    with make_pair(request.param, pg_server.endpoint, folder, ("lo_owner", "lo_reader")) as pair:
        with connect(pair.source, "tests", {"search_path": "public"}) as source:
            source.execute(_FILL.encode())
        yield pair, pair.retired()


def test_every_large_object_is_there_with_all_that_belongs_to_it(retired: tuple[Pair, Retirement]) -> None:
    pair, _ = retired
    with connect(pair.source, "tests") as source, connect(pair.target, "tests") as target:
        before, after = (side.execute(_STATE).fetchall() for side in (source, target))
        assert (len(before), before) == (2504, after)
        pointing = target.execute("SELECT octet_length(lo_get(scan)) FROM public.scans ORDER BY id").fetchall()
    assert pointing == [(3900000,), (0,)]


def test_they_are_counted_copied_in_units_and_archived(retired: tuple[Pair, Retirement]) -> None:
    _, run = retired
    plan, verdict = run.dossier.latest("migrate", "shop-units"), run.dossier.latest("close", "verdict")
    assert plan is not None
    assert verdict is not None
    units = [unit for pack in plan["packs"] for unit in pack["units"] if unit["table"] == large_objects.TABLE]
    assert sorted(unit["rows"] for unit in units) == [504, 1000, 1000]
    assert (verdict["held"], verdict["rows"], verdict["checksums_equal"]) == (True, 2506, 2)
    restored = run.dossier.latest("back_up", "shop-restored")
    assert restored is not None
    assert {fact["table"]: fact["rows"] for fact in restored["restored"]["tables"]}[large_objects.TABLE] == 2504


def test_one_byte_one_owner_one_missing_and_one_too_many_are_named(retired: tuple[Pair, Retirement]) -> None:
    pair, _ = retired
    with connect(pair.target, "tests") as target, connect(pair.source, "tests") as source:
        was = large_objects.measure(source)
        for damage in (
            "lo_put(4000000000, 3899999, 'x')",
            "lo_unlink(5000001)",
            "lo_create(6000000)",
        ):
            assert large_objects.measure(target) == was
            with target.transaction(force_rollback=True):
                target.execute(f"SELECT {damage}")
                assert large_objects.measure(target) != was
                found = large_objects.differing(source, target)
                assert len([*found.missing, *found.unexpected, *found.changed]) == 1
        with target.transaction(force_rollback=True):
            target.execute("ALTER LARGE OBJECT 77 OWNER TO lo_reader")
            assert [each.key for each in large_objects.differing(source, target).changed] == ["oid=77"]


def test_a_login_that_may_not_read_one_is_refused(pg_server: Any, tmp_path: Any) -> None:
    with make_pair("18 to 18", pg_server.endpoint, tmp_path, ("lo_login",)) as pair:
        with connect(pair.source, "tests") as source:
            source.execute("ALTER ROLE lo_login LOGIN PASSWORD 'x'; SELECT lo_create(4242)")
        login = replace(pair.source, user="lo_login", password="x")
        with connections(tmp_path, shop_db=login, target_db=pair.target, sandbox_db=pair.sandbox):
            errors = go_on(Retirement(pair.spec(), "dry_run"))
    said = " ".join(map(str, errors.values()))
    assert "not_readable: large objects: the login 'lo_login' may not read 1 large objects, among them 4242" in said


def test_memory_does_not_grow_with_an_object(pg_server: Any, tmp_path: Any) -> None:
    slices = []
    with make_pair("18 to 18", pg_server.endpoint, tmp_path) as pair, connect(pair.source, "tests") as source:
        source.execute("SELECT lo_from_bytea(900, decode(repeat('ab', 50 * 1024 * 1024), 'hex'))")
        (unit,) = large_objects.make_units(source)
        with connect(pair.target, "tests") as target, target.transaction():
            sent = large_object_copy.copy(source, target, unit, lambda rows, size: slices.append(size))
        assert (sent.rows, sent.taken, sent.bytes) == (1, 1, 50 * 2**20)
    assert max(slices) <= 5 * 2**20
