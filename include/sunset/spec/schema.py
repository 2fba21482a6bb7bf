"""The JSON Schema of a spec, for editors and for the field reference."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DictSchema

from sunset.spec.conversions import write_duration
from sunset.spec.model import Spec


class _Generator(GenerateJsonSchema):
    """Writes default durations the way a spec does, and refuses keys of a mapping that have no legal form."""

    def encode_default(self, dft: Any) -> Any:
        return write_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def dict_schema(self, schema: DictSchema) -> JsonSchemaValue:
        return {**super().dict_schema(schema), "additionalProperties": False}


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of one YAML document of a spec file. Not to be changed by the caller."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Spec.model_json_schema(schema_generator=_Generator),
    }


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference or behind "this or nothing"."""
    if "$ref" in node:
        return resolve(json_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return resolve(choice)
    return node


def value_of_mapping(node: dict[str, Any]) -> dict[str, Any]:
    """The schema of the values of a mapping whose keys are free; {} for anything else."""
    values: dict[str, Any] = next(iter(node.get("patternProperties", {}).values()), {})
    return values
