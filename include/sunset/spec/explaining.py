"""Turns what pydantic found into problems: with line, in plain words, with the nearest valid key."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sunset.spec.base import KeyPath
from sunset.spec.document import UNREADABLE
from sunset.spec.problems import nearest
from sunset.spec.rules import Complaint
from sunset.spec.schema import json_schema, resolve, value_of_mapping

_WORDS = {
    "missing": "is required",
    "extra_forbidden": "unknown key",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "mapping_type": "must be a mapping",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "too_short": "must not be empty",
    "union_tag_not_found": "is required",
}


def complaints_of(error: ValidationError) -> Iterator[Complaint]:
    """What pydantic found, one complaint a key; values that the reader refused are passed over."""
    for detail in error.errors(include_url=False):
        if detail["input"] is not UNREADABLE:
            yield _complaint(detail)


def _complaint(detail: ErrorDetails) -> Complaint:
    kind, context = detail["type"], detail.get("ctx", {})
    path, valid = _walk(detail["loc"])
    if kind.startswith("union_tag"):
        path = (*path, "kind")
    if detail["input"] is None and kind != "missing":
        return Complaint(path, "has no value")
    if kind == "sunset":
        return Complaint(path, context["message"], context["suggestion"])
    if kind == "extra_forbidden":
        return Complaint(path, _WORDS[kind], nearest(str(path[-1]), valid))
    if kind == "literal_error":
        return _choice(path, detail["input"], context["expected"])
    if kind == "union_tag_invalid":
        return _choice(path, context["tag"], context["expected_tags"])
    return Complaint(path, _WORDS.get(kind, detail["msg"].replace("Input should", "must")))


def _choice(path: KeyPath, written: object, expected: str) -> Complaint:
    words = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return Complaint(path, f"must be one of {', '.join(words)}", nearest(str(written), words))


def _walk(loc: KeyPath) -> tuple[KeyPath, list[str]]:
    """The path as it stands in the file, without pydantic's own parts, and the keys valid beside its last one."""
    path: list[str | int] = []
    node, valid = resolve(json_schema()), list[str]()
    for part in loc:
        if part == "[key]":
            break
        if kind := node.get("discriminator", {}).get("mapping", {}).get(part):
            node = resolve({"$ref": kind})
            continue
        path.append(part)
        keys = node.get("properties", {})
        valid = list(keys)
        node = resolve(keys.get(part) or node.get("items") or value_of_mapping(node))
    return tuple(path), valid
