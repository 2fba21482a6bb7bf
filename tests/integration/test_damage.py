"""Damage between copy and validation, one at a time: validation names it, and nothing behind it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import sql

from services.kept import Kept, Scene
from services.retirement import connection
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation

pytestmark = pytest.mark.integration

DAMAGE = {
    "one value changed": ("UPDATE shop.orders SET amount = amount + 1 WHERE id = 17", ("shop.orders", "id=17")),
    "one row gone": ("DELETE FROM shop.orders WHERE id = 18", ("shop.orders", "id=18")),
    "a text changed to empty": (
        "UPDATE shop.settings SET value = '' WHERE code = 'none'",
        ("shop.settings", "sha256:"),
    ),
    "one row doubled without a key": (
        "INSERT INTO shop.clicks SELECT * FROM shop.clicks LIMIT 1",
        ("shop.clicks", "31", "30", "sha256:"),
    ),
    "a row in another partition": (
        "UPDATE shop.events SET at = '2025-06-01' WHERE what = 'e40'",
        ("shop.events_2024", "shop.events_rest"),
    ),
    "an index dropped": ("DROP INDEX shop.orders_at", ("index", "orders_at")),
    "a constraint missing": (
        "ALTER TABLE shop.orders DROP CONSTRAINT amount_positive",
        ("constraint", "amount_positive"),
    ),
    "a grant missing": ("REVOKE SELECT ON shop.orders FROM PUBLIC", ("grant", "shop.orders to public")),
    "a grant too many": ("GRANT DELETE ON shop.orders TO PUBLIC", ("grant", "DELETE")),
    "a sequence set back": ("SELECT setval('shop.ticket', 500)", ("shop.ticket", "505", "510")),
    "an identity set back": ("ALTER TABLE shop.customers ALTER COLUMN id RESTART", ("shop.customers_id_seq",)),
    "a trigger disabled": ("ALTER TABLE shop.orders DISABLE TRIGGER touch", ("trigger", "touch")),
    "an empty table missing": ("DROP TABLE shop.nothing", ("shop.nothing",)),
    "a comment missing": ("COMMENT ON TABLE shop.orders IS NULL", ("comment", "shop.orders")),
    "a view changed": (
        "CREATE OR REPLACE VIEW shop.open_orders AS SELECT * FROM shop.orders",
        ("view", "open_orders"),
    ),
    "a table too many": ("CREATE TABLE shop.extra (id int)", ("shop.extra",)),
}


@pytest.fixture(scope="module")
def copied(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A run of the shop that has come as far as the end of the copy."""
    with kept.before("validate.shop.compare", tmp_path_factory.mktemp("damage") / "run") as scene:
        yield scene


@contextmanager
def spoiled(target: Endpoint, statement: str) -> Iterator[Endpoint]:
    """A copy of the target, damaged; the run's connection leads there while the block runs."""
    name = sql.Identifier("spoiled")
    with connect(target.on("postgres"), "tests") as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(target.database)))
    with connect(target.on("spoiled"), "tests", {"session_replication_role": "replica"}) as link:
        link.execute(statement.encode())
    yield target.on("spoiled")


@pytest.mark.parametrize(("statement", "named"), DAMAGE.values(), ids=DAMAGE.keys())
def test_validation_names_the_damage_and_stops_the_run(
    copied: Scene, statement: str, named: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copied.run
    with spoiled(copied.target, statement) as damaged:
        monkeypatch.setenv("AIRFLOW_CONN_TARGET_DB", connection(damaged))
        with pytest.raises(Deviation) as failure:
            run.run("validate.shop.compare")
    said = " | ".join(failure.value.differences)
    record = run.dossier.latest("validate", "shop-validation")
    assert record is not None
    assert not record["success"]
    for name in named:
        assert name in said, said


def test_an_undamaged_target_passes(copied: Scene) -> None:
    assert copied.run.run("validate.shop.compare")["statistics"]["tables"] == 7
