"""Names on the target: quoted, fitted, unique."""

from __future__ import annotations

import pytest

from sunset.database.foreign.model import CheckConstraint, Column, ForeignKey, Index, Schema, Table
from sunset.database.foreign.names import address, fitted, free
from sunset.database.foreign.resolve import TypeOverride, resolve, unmet

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "right"),
    [("orders", "shop.orders"), ("Order", 'shop."Order"'), ("user", 'shop."user"'), ('a"%s', 'shop."a""%s"')],
)
def test_an_address_is_quoted_where_it_needs_to_be(name: str, right: str) -> None:
    assert address("shop", name) == right


def test_a_long_name_keeps_its_difference() -> None:
    one, other = fitted("x" * 60, "customer", "key"), fitted("x" * 60, "customer", "idx")
    assert one != other
    assert {len(one), len(other)} == {63}
    assert len(fitted("é" * 40, "key").encode()) <= 63


def test_a_name_is_given_once() -> None:
    taken = {"a"}
    assert [free("a", "b", taken) for _ in range(3)] == ["b", "b_2", "b_3"]


def table(name: str) -> Table:
    columns = (Column("id", "INT", "bigint", "integer", False, identity=7), Column("n", "INT", "bigint", "integer"))
    primary, by_n = Index("PRIMARY", ("id",), unique=True, primary=True), Index("by_n", ("n",))
    keys = (ForeignKey("", ("n",), ("s", "t"), ("id",)), ForeignKey("", ("n",), ("s", "t"), ("id",)))
    checks = (CheckConstraint("", "n > 0"),)
    return Table("s", name, address("s", name), columns, (primary, by_n, Index("", ("n",), unique=True)), keys, checks)


def test_indexes_of_two_tables_do_not_collide() -> None:
    schema = resolve(Schema((table("t"), table("u"))), (), ())
    names = [index.name for each in schema.tables for index in each.indexes]
    assert names == ["t_pkey", "by_n", "t_n_key", "u_pkey", "u_n_idx", "u_n_key"]
    constraints = [key.name for key in schema.tables[0].foreign_keys] + [schema.tables[0].checks[0].name]
    assert constraints == ["t_n_fkey", "t_n_fkey_2", "t_check"]


def test_a_schema_comes_back_from_json() -> None:
    schema = resolve(Schema((table("t"),)), (), ())
    assert Schema.from_json(schema.to_json()) == schema


def test_an_override_gives_type_and_form_and_names_what_is_lost() -> None:
    override = TypeOverride("t", "id", "numeric(20,0)")
    schema = resolve(Schema((table("t"), table("u"))), (override,), ())
    column = schema.tables[0].columns[0]
    assert (column.type, column.form, column.identity) == ("numeric(20,0)", "decimal", None)
    assert schema.tables[1].columns[0].type == "bigint"
    assert [(lost.kind, lost.name) for lost in schema.not_carried] == [("identity", "t.id")]


def test_an_override_that_meets_no_column_is_found() -> None:
    schema = Schema((table("t"), table("u")))
    overrides = (
        TypeOverride("t", "nope", "text"),
        TypeOverride("v", "id", "text"),
        TypeOverride("t", "id", "text", "z"),
    )
    assert [finding.subject for finding in unmet(schema, overrides)] == ["t.nope", "v.id", "t.id"]
    assert not list(unmet(schema, (TypeOverride("t", "id", "text", "s"),)))
