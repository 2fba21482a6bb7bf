"""Damage between copy and validation: each is found, named, and traced to the row."""

from __future__ import annotations

import pytest
from validation_pair import Pair

from sunset.database.postgres.endpoint import connect

pytestmark = pytest.mark.integration

CUSTOMERS = "crm.customers"
ODD = '"Odd:Sch{e}ma"."%s {{ ds }} $x ""q"" \\1 日本"'


def names(rows) -> list[str]:
    return [row.key for row in rows]


ROWS = {
    "one value changed": ("UPDATE crm.customers SET note = 'other' WHERE id = 17", CUSTOMERS, "changed", ["id=17"]),
    "one row gone": ("DELETE FROM crm.invoices WHERE id = 1999", "crm.invoices", "missing", ["id=1999"]),
    "one row more": (
        "INSERT INTO crm.invoices VALUES (5000, 1, 1, 'open')",
        "crm.invoices",
        "unexpected",
        ["id=5000"],
    ),
    "two rows swapped values": (
        "UPDATE crm.invoices SET amount = CASE id WHEN 3 THEN 4.25 ELSE 3.25 END WHERE id IN (3, 4)",
        "crm.invoices",
        "changed",
        ["id=3", "id=4"],
    ),
    "NULL became empty": ("UPDATE crm.customers SET note = '' WHERE id = 3", CUSTOMERS, "changed", ["id=3"]),
    "a trailing space": ("UPDATE crm.customers SET name = name || ' ' WHERE id = 9", CUSTOMERS, "changed", ["id=9"]),
    "zero became minus zero": ("UPDATE crm.customers SET score = '-0' WHERE id = 5", CUSTOMERS, "changed", ["id=5"]),
    "1.5 became 1.50": ("UPDATE crm.customers SET balance = 1.50 WHERE id = 1", CUSTOMERS, "changed", ["id=1"]),
    "a microsecond": (
        "UPDATE crm.customers SET seen = seen + interval '1 microsecond' WHERE id = 400",
        CUSTOMERS,
        "changed",
        ["id=400"],
    ),
    "an odd table": (
        f"""UPDATE {ODD} SET "{{name}}" = 'x' WHERE "a %d ""b"":c" = 7""",
        ODD,
        "changed",
        ['a %d "b":c=7'],
    ),
    "a row of a partition": (
        "UPDATE crm.events SET kind = 'x' WHERE id = 50",
        "crm.events_rest",
        "changed",
        ["id=50, day=2024-01-20"],
    ),
}


@pytest.mark.parametrize("damage", ROWS)
def test_a_damaged_row_is_named_by_its_key(pair: Pair, damage: str):
    statements, table, kind, keys = ROWS[damage]
    pair.damage(statements)

    result = pair.validate()

    assert not result.success
    assert {difference.subject for difference in result.differences} == {table}
    (rows,) = result.narrowed
    assert rows.table == table
    assert names(getattr(rows, kind)) == keys
    assert sum(len(found) for found in (rows.missing, rows.unexpected, rows.changed)) == len(keys)
    assert rows.truncated == 0
    with connect(pair.source, "tests") as source, connect(pair.target, "tests") as target:
        for row in (*rows.missing, *rows.unexpected, *rows.changed):
            assert len(source.execute(row.find).fetchall()) == row.source_copies
            assert len(target.execute(row.find).fetchall()) == row.target_copies


def test_a_row_doubled_in_a_table_without_a_key_is_named(pair: Pair):
    pair.damage("INSERT INTO crm.log SELECT * FROM crm.log WHERE message = 'message 3' LIMIT 1")
    result = pair.validate()
    assert not result.success
    (rows,) = result.narrowed
    (row,) = rows.unexpected
    assert row.key.startswith("sha256:")
    assert (row.source_copies, row.target_copies) == (10, 11)
    with connect(pair.target, "tests") as target:
        found = target.execute(row.find).fetchall()
    assert len(found) == 11
    assert {message for _, message in found} == {"message 3"}


def test_one_of_many_real_doubles_lost_is_named(pair: Pair):
    pair.damage("DELETE FROM crm.log WHERE ctid = (SELECT ctid FROM crm.log WHERE message = 'message 4' LIMIT 1)")
    (rows,) = pair.validate().narrowed
    assert [(row.source_copies, row.target_copies) for row in rows.missing] == [(10, 9)]


def test_a_personal_key_is_shown_as_a_fingerprint_that_finds_the_row(pair: Pair):
    pair.damage("UPDATE crm.logins SET logins = 0 WHERE email = 'person7@example.com'")
    result = pair.validate()
    (rows,) = result.narrowed
    (row,) = rows.changed
    assert len(row.key) == len("sha256:") + 16
    with connect(pair.target, "tests") as target:
        assert target.execute(row.find).fetchall() == [("person7@example.com", 0)]
    for page in result.folder.rglob("*.html"):
        assert "person7" not in page.read_text(encoding="utf-8")
    assert "person7" not in str(result.to_json())


def test_a_row_moved_between_two_partitions_is_named_in_both(pair: Pair):
    pair.damage(
        """
        CREATE TABLE crm.moved AS SELECT * FROM crm.events_2023 WHERE id = 5;
        DELETE FROM crm.events WHERE id = 5;
        ALTER TABLE crm.events DETACH PARTITION crm.events_rest;
        INSERT INTO crm.events_rest SELECT * FROM crm.moved;
        DROP TABLE crm.moved;
        """
    )
    lost, won = pair.validate().narrowed
    assert (lost.table, names(lost.missing)) == ("crm.events_2023", ["id=5, day=2023-12-06"])
    assert (won.table, names(won.unexpected)) == ("crm.events_rest", ["id=5, day=2023-12-06"])


OBJECTS = {
    "an index dropped": ("DROP INDEX crm.invoices_by_customer", "index", "invoices_by_customer"),
    "a constraint missing": (
        "ALTER TABLE crm.invoices DROP CONSTRAINT amount_positive",
        "constraint",
        "amount_positive",
    ),
    "a foreign key not validated": (
        """ALTER TABLE crm.invoices DROP CONSTRAINT invoices_customer_id_fkey,
           ADD CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES crm.customers NOT VALID""",
        "constraint",
        "invoices_customer_id_fkey",
    ),
    "a grant missing": ("REVOKE SELECT ON crm.invoices FROM PUBLIC", "grant", "crm.invoices"),
    "a sequence set back": ("SELECT setval('crm.numbers', 100)", "sequence", "crm.numbers"),
    "a trigger disabled": ("ALTER TABLE crm.customers DISABLE TRIGGER touch", "trigger", "touch"),
    "a view changed": (
        "CREATE OR REPLACE VIEW crm.open_invoices AS SELECT id, amount FROM crm.invoices",
        "view",
        "crm.open_invoices",
    ),
    "an empty table missing": ("DROP TABLE crm.empty", "table", "crm.empty"),
}


@pytest.mark.parametrize("damage", OBJECTS)
def test_a_damaged_object_is_named(pair: Pair, damage: str):
    statements, kind, subject = OBJECTS[damage]
    pair.damage(statements)
    result = pair.validate()
    assert not result.success
    named = [difference for difference in result.differences if difference.kind == kind]
    assert any(subject in difference.subject for difference in named), result.lines()


def test_damage_that_facts_did_not_see_is_seen_by_the_assertions(pair: Pair):
    """Facts of a copy that was changed after they were measured: counts and sample are read from the target itself."""
    request = pair.request()
    pair.damage("DELETE FROM crm.invoices WHERE id <= 1900")

    from sunset.validation.validate import validate

    result = validate(request)
    assert not result.success
    assert result.differences == ()
    assert "crm.invoices: has 100 rows, 2000 were copied." in result.lines()
    assert any("row_counts" in failure.subject for failure in result.failures)
