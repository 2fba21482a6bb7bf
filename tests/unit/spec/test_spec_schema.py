"""JSON Schema and field reference follow the models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sunset.spec import Spec
from sunset.spec.reference import field_reference
from sunset.spec.schema import json_schema, resolve

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]


@pytest.fixture
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def models() -> list[dict[str, Any]]:
    return [json_schema(), *json_schema()["$defs"].values()]


def test_says_what_it_is() -> None:
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json_schema()["title"] == "Spec"
    assert len(models()) > 20


def test_every_model_and_every_field_is_described() -> None:
    for model in models():
        assert model["description"], model["title"]
        assert model["additionalProperties"] is False
        undescribed = {key for key, node in model["properties"].items() if not node.get("description")}
        assert undescribed <= {"kind"}, model["title"]


def test_examples_are_valid(validator: jsonschema.Draft202012Validator, complete: Spec, minimal_data: Any) -> None:
    validator.validate(complete.normalised())
    validator.validate(minimal_data)


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"product": "Legacy CRM"},
        {"title": "two\nlines"},
        {"timeline": {"freeze": "2027-02-26", "cutover": "2027-02-27T06:00:00Z", "retain_until": "2034-03-31"}},
        {"people": {"two words": {"name": "O", "email": "o@example.com", "roles": ["approver"]}}},
        {"alarms": {"stalled_after": "15"}},
        {"archive": {"path": "relative"}},
        {"rehearsal": {"mode": "execute"}},
    ],
)
def test_refuses_what_the_models_refuse(
    validator: jsonschema.Draft202012Validator, minimal_data: dict[str, Any], change: dict[str, Any]
) -> None:
    data = minimal_data | change
    assert not validator.is_valid(data)
    with pytest.raises(ValueError, match="validation error"):
        Spec.model_validate(data)


def test_patterns_hold_in_editors_too() -> None:
    """Editors read them as JavaScript, which has neither inline flags nor possessive groups."""
    patterns = re.findall(r"'pattern': '(.*?)', 'pattern", str(json_schema()))
    assert len(patterns) > 20
    assert not [pattern for pattern in patterns if re.search(r"\(\?[a-zP#>(]|\\A|\\Z", pattern)]


def test_defaults_are_written_as_in_a_spec() -> None:
    database = resolve({"$ref": "#/$defs/DatabaseSource"})["properties"]
    assert (database["statement_timeout"]["default"], database["lock_timeout"]["default"]) == ("0s", "30s")


def test_reference_is_up_to_date() -> None:
    stored = (ROOT / "docs" / "spec.md").read_text()
    assert stored == field_reference(), "run: python -m sunset.spec.reference > docs/spec.md"


def test_reference_names_every_field_and_every_link_leads_somewhere() -> None:
    text = field_reference()
    headings = {heading.lower() for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= headings
    for model in models():
        section = text.partition(f"## {model['title']}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(model["properties"])
