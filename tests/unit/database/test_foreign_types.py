"""Types of the foreign path: one spelling, one canonical form, and the same list in the spec."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from sunset.database.foreign.types import FORMS, form_of, modifiers, spelled
from sunset.errors import Refusal
from sunset.spec.form import Form
from sunset.spec.forms import ForeignType

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("varchar(20)", "character varying(20)"),
        ("VARCHAR (20)", "character varying(20)"),
        ("character varying(20)", "character varying(20)"),
        ("numeric(12, 2)", "numeric(12,2)"),
        ("decimal", "numeric"),
        ("int8", "bigint"),
        ("timestamp(3)", "timestamp(3) without time zone"),
        ("timestamp without time zone", "timestamp without time zone"),
        ("time", "time without time zone"),
        ("bit(8)", "bit(8)"),
        ("double  precision", "double precision"),
    ],
)
def test_a_type_is_spelled_as_postgresql_spells_it(written: str, right: str) -> None:
    assert spelled(written) == right
    assert spelled(right) == right
    assert form_of(written) == form_of(right)


@pytest.mark.parametrize("type_", ["character(3)", "jsonb", "xml", "money", "timestamptz", "text; DROP TABLE x", ""])
def test_what_does_not_give_a_value_back_is_refused(type_: str) -> None:
    with pytest.raises(Refusal):
        spelled(type_)


def test_modifiers() -> None:
    assert modifiers("numeric(12,2)") == (12, 2)
    assert modifiers("character varying(20)") == (20,)
    assert modifiers("text") == ()


def test_the_spec_takes_types_of_the_map_alone() -> None:
    (form,) = [part for part in get_args(ForeignType) if isinstance(part, Form)]
    taken = ["varchar(20)", "numeric(12,2)", "bit(3)", "time", "timestamp", *FORMS]
    accepted = [type_ for type_ in taken if re.fullmatch(form.pattern, type_)]
    assert {form_of(type_) for type_ in accepted} == set(FORMS.values())
    assert not re.fullmatch(form.pattern, "text); DROP TABLE x")
