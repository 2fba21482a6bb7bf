"""Says in short sentences what does not hold beyond the facts: coverage, checks, sample, rules. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sunset.validation.facts import Facts
from sunset.validation.readings import Answer, Check, Readings
from sunset.validation.result import Failure
from sunset.validation.rules import ROWS, Rule


def judge_coverage(expected: Sequence[str], source: Facts, target: Facts) -> Iterator[Failure]:
    """Every table of the catalogue has facts on both sides, and there is at least one."""
    if not expected:
        yield Failure("tables", "the catalogue expects no table: nothing was looked at.")
    for side, facts in (("source", source), ("target", target)):
        measured = {fact.table for fact in facts.tables}
        for table in sorted(set(expected) - measured):
            yield Failure(table, f"has no fact on the {side}: it was not measured.")
        for table in sorted(measured - set(expected)):
            yield Failure(table, f"was measured on the {side}, but the catalogue does not expect it.")


def judge_checks(checks: Sequence[Check], source: Readings, target: Readings) -> Iterator[Failure]:
    """Every check of the spec was asked on both sides and got the same answer, and the one it expects."""
    old = {answer.check: answer for answer in source.answers}
    new = {answer.check: answer for answer in target.answers}
    for check in checks:
        name = check.name
        if fault := "; ".join(_faults(old.get(name), new.get(name))):
            yield Failure(f"check {name}", f"{fault}.")
        elif old[name].number != new[name].number:
            yield Failure(f"check {name}", f"the source answers {old[name].number}, the target {new[name].number}.")
        elif old[name] != new[name]:
            yield Failure(f"check {name}", f"the source answers {_shown(old[name])}, the target {_shown(new[name])}.")
        elif check.expect is not None and not _meets(old[name], check.expect):
            answer = old[name].number or "no single number"
            yield Failure(f"check {name}", f"both sides answer {answer}, and {check.expect} is expected.")


def judge_sample(source: Readings, target: Readings, rows: int, copied: Mapping[str, int]) -> Iterator[Failure]:
    """As many rows were read back from both sides as were asked for, and they are the same."""
    new = {sample.table: sample.rows for sample in target.samples}
    for sample in source.samples:
        wanted = min(rows, copied.get(sample.table, 0))
        if len(sample.rows) != wanted:
            yield Failure(sample.table, f"{len(sample.rows)} rows of the source were sampled instead of {wanted}.")
        if different := set(sample.rows) ^ set(new.get(sample.table, ())):
            keys = {key for key, _ in different}
            yield Failure(sample.table, f"differs in {len(keys)} of the rows that were read back by key.")


def judge_rules(rules: Sequence[Rule], copied: Mapping[str, int]) -> Iterator[Failure]:
    """The target has as many rows as were copied, and none of them breaks a rule of the target's catalogue."""
    for rule in rules:
        if rule.found is None:
            yield Failure(rule.table, f"{rule.name}: could not be measured ({rule.fault}).")
        elif rule.name == ROWS:
            if rule.found != copied.get(rule.table):
                yield Failure(rule.table, f"has {rule.found} rows, {copied.get(rule.table)} were copied.")
        elif rule.found:
            yield Failure(rule.table, f"{rule.name}: broken by {rule.found} of its rows.")


def _faults(source: Answer | None, target: Answer | None) -> Iterator[str]:
    for side, answer in (("source", source), ("target", target)):
        if answer is None:
            yield f"was not asked on the {side}"
        elif answer.fault:
            yield f"has no answer on the {side}: {answer.fault}"


def _meets(answer: Answer, expected: Decimal) -> bool:
    return answer.number is not None and Decimal(answer.number) == expected


def _shown(answer: Answer) -> str:
    return f"{answer.rows} rows with digest {answer.digest[:16]}"
