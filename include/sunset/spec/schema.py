"""The JSON Schema of a spec, for editors and for the field reference."""

from __future__ import annotations

from functools import cache
from typing import Any

from sunset.spec.model import Spec


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of one YAML document of a spec file. Not to be changed by the caller."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Spec.model_json_schema()}


def resolve(node: Any) -> dict[str, Any]:
    """The schema behind a reference or behind "this or nothing"."""
    if not isinstance(node, dict):
        return {}
    if "$ref" in node:
        return resolve(json_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return resolve(choice)
    return node
