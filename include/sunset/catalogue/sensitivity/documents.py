"""Looks into JSON: what stands at one path of many documents is judged like a column of its own."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sunset.catalogue.sensitivity.model import ColumnSample, Family

MOST_LEAVES, MOST_PATHS = 500, 200
_KEY = re.compile(r"[^\W\d][\w -]{0,39}")
_MOST_DIGITS = 3

Leaf = tuple[str, object]


def opened(column: ColumnSample) -> tuple[list[ColumnSample], list[str | None]]:
    """The documents of a column as columns, one a path, and the values that are no documents.

    A key that may itself be data, such as an address or a number, stands as `*` in the path, and is one of the values.
    """
    parsed = [_parse(value) for value in column.values]
    if not any(isinstance(document, dict | list) for document in parsed):
        return [], list(column.values)
    leaves: dict[str, list[object]] = defaultdict(list)
    for document in parsed:
        for number, (path, value) in enumerate(_leaves(document, "")):
            if number >= MOST_LEAVES:
                break
            leaves[path if path in leaves or len(leaves) < MOST_PATHS else "*"].append(value)
    others = [
        value for value, document in zip(column.values, parsed, strict=True) if not isinstance(document, dict | list)
    ]
    return [_column(f"{column.name}.{path}", values) for path, values in leaves.items()], others


def _parse(value: str | None) -> object:
    if value is None or value.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _leaves(node: object, path: str) -> Iterator[Leaf]:
    """Everything at the ends, without recursion: documents may be deep."""
    left = [(node, path)]
    while left:
        node, path = left.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                plain = _is_plain(key)
                step = key if plain else "*"
                if not plain:
                    yield f"{path}.*".lstrip("."), key
                left.append((value, f"{path}.{step}".lstrip(".")))
        elif isinstance(node, list):
            left.extend((value, path) for value in node)
        elif node is not None:
            yield path or "*", node


def _is_plain(key: str) -> bool:
    return _KEY.fullmatch(key) is not None and sum(map(str.isdigit, key)) <= _MOST_DIGITS


def _column(name: str, values: Sequence[object]) -> ColumnSample:
    return ColumnSample(
        name, _family(values), [value if isinstance(value, str) else json.dumps(value) for value in values]
    )


def _family(values: Sequence[object]) -> Family:
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    return "number" if all(isinstance(value, int | float) for value in values) else "text"
