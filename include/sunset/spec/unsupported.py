"""What a valid spec may ask for although nothing carries it out yet. Such a spec does not become a DAG."""

from __future__ import annotations

from collections.abc import Iterator

from sunset.spec.base import KeyPath
from sunset.spec.model import Spec
from sunset.spec.problems import SpecProblem, spell

NOT_YET: dict[tuple[str, ...], str] = {
    ("alarms",): "Leave it out and watch the runs in Airflow.",
}
"""Keys that nothing acts on yet when they differ from their default, and what to do until then."""


def unsupported(spec: Spec) -> tuple[SpecProblem, ...]:
    """One problem for every key that Sunset cannot carry out yet."""
    data = spec.model_dump(by_alias=True, exclude_defaults=True)
    found = [
        SpecProblem(spec.origin.file, *spec.origin.locate(path), spell(path), "is not carried out yet", remedy)
        for pattern, remedy in NOT_YET.items()
        for path in _given(data, pattern, ())
    ]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _given(node: object, pattern: tuple[str, ...], path: KeyPath) -> Iterator[KeyPath]:
    if not pattern:
        yield path
    elif pattern[0] == "*" and isinstance(node, (list, tuple)):
        for index, item in enumerate(node):
            yield from _given(item, pattern[1:], (*path, index))
    elif isinstance(node, dict) and pattern[0] in node:
        yield from _given(node[pattern[0]], pattern[1:], (*path, pattern[0]))
