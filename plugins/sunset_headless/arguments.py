"""What on a command line keeps a run from starting, said before Airflow is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunset.spec.problems import nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from sunset.spec import Spec


def objections(spec: Spec, options: argparse.Namespace) -> Iterator[str]:
    """One line for each argument that does not go with the spec."""
    yield from _unknown("--source", options.source, spec.source_names)
    yield from (f"--param={given} is not of the form NAME=VALUE." for given in options.param if "=" not in given)
    given = [text.partition("=")[0] for text in options.param if "=" in text]
    yield from _unknown("--param", given, list(spec.params))
    if options.mode == "execute" and len(set(options.approve_as) & set(spec.approvers)) < spec.gates.most:
        wanted = "one" if spec.gates.most == 1 else str(spec.gates.most)
        yield f"An execution has gates: answer them with --approve-as as {wanted} of {', '.join(spec.approvers)}."
    if options.mode == "execute" and not set(options.approve_as) & set(spec.operators):
        operators = ", ".join(spec.operators)
        yield f"An operator has to have read the runbook: answer with --approve-as as one of {operators}, too."


def _unknown(option: str, given: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    for name in given:
        if name not in known:
            yield f"{option}={name}: the spec has no such name. {nearest(name, known)}".rstrip()
