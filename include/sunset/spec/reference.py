"""The field reference, generated from the models: `python -m sunset.spec.reference > docs/spec.md`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from sunset.spec.schema import json_schema, value_of_mapping

_INTRODUCTION = """\
# The spec, key by key

Generated from the models by `python -m sunset.spec.reference > docs/spec.md`; do not edit it by hand.

A spec is one YAML document; a file, of at most 256 KiB, holds one or several of them, parted by `---`. One that is
broken does not take the others with it. `sunset check FILE_OR_FOLDER` lists all problems of a spec, and
`sunset schema` prints the JSON Schema from which editors complete it.

- Every value is read as the text that was written: `no`, `0123`, `1e3` and dates need no quotes. An empty value, `~`
  and `null` mean that there is no value.
- Unknown keys, keys given twice, anchors, merge keys and tags are refused.
- A spec holds no secret. Connection ids name Airflow Connections; they may be Jinja such as `{{ params.source }}`,
  where `params` names a key under `params`.
- Two specs whose ids are the same after cleaning (lower case, every run of other characters than letters, digits and
  `_` replaced by `_`) are both refused.
"""


def field_reference() -> str:
    """The reference as Markdown: one table for each model, in the order in which the spec names them."""
    sections = [_section(name, model) for name, model in _models()]
    return "\n".join([_INTRODUCTION, _forms(), *sections])


def _models() -> Iterator[tuple[str, dict[str, Any]]]:
    models = {**json_schema()["$defs"], "Spec": json_schema()}
    left = ["Spec"]
    while left:
        name = left.pop(0)
        if model := models.pop(name, None):
            yield name, model
            left = [*_references(model["properties"]), *left]


def _references(node: object) -> Iterator[str]:
    for each in _nodes(node):
        if "$ref" in each:
            yield _name(each["$ref"])


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key != "discriminator":
                yield from _nodes(value)
    elif isinstance(node, list):
        for item in node:
            yield from _nodes(item)


def _forms() -> str:
    found = sorted(
        {(node["$comment"], node["patternErrorMessage"]) for node in _nodes(json_schema()) if "$comment" in node}
    )
    rows = [f"| {name} | {words.removeprefix('must be ')} |" for name, words in found]
    return "\n".join(["## Values", "", "| value | how it is written |", "|---|---|", *rows, ""])


def _section(name: str, model: dict[str, Any]) -> str:
    required = model.get("required", ())
    rows = [
        f"| `{key}` | {_kind(node)} | {'required' if key in required else _default(node)} | {_meaning(node)} |"
        for key, node in model["properties"].items()
    ]
    head = ["| key | value | default | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {name}", "", model["description"], "", *head, *rows, ""])


def _kind(node: dict[str, Any]) -> str:
    if "$ref" in node:
        return _link(node["$ref"])
    if "oneOf" in node:
        return "one of " + ", ".join(_kind(choice) for choice in node["oneOf"])
    if "anyOf" in node:
        return _kind(next(choice for choice in node["anyOf"] if choice.get("type") != "null"))
    if "items" in node:
        return f"list: {_kind(node['items'])}"
    if values := value_of_mapping(node):
        return f"mapping: {_kind(values)}"
    if words := node.get("enum") or ([node["const"]] if "const" in node else []):
        return " or ".join(f"`{word}`" for word in words)
    if node["type"] == "integer":
        return _range(node)
    return str(node["$comment"])


def _range(node: dict[str, Any]) -> str:
    upper = f" to {node['maximum']:,}" if "maximum" in node else " or more"
    return f"whole number, {node['minimum']}{upper}"


def _default(node: dict[str, Any]) -> str:
    value = node.get("default")
    if value in (None, [], {}) or "$ref" in node:
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _meaning(node: dict[str, Any]) -> str:
    return str(node.get("description", "Says which one."))


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _link(reference: str) -> str:
    return f"[{_name(reference)}](#{_name(reference).lower()})"


if __name__ == "__main__":
    sys.stdout.write(field_reference())
