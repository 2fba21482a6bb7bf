"""Validates a copy: compares facts, narrows differences to rows, asserts, and writes the report.

The comparison of facts covers every row. Great Expectations, the sample and the product's own checks look at the
same copy in other ways; one that found nothing to look at is a failure too.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sunset.database.postgres.endpoint import read_only
from sunset.database.postgres.tables import Table
from sunset.database.postgres.translate import translated
from sunset.errors import Refusal
from sunset.validation import frames, verdicts
from sunset.validation.compare import Difference, compare
from sunset.validation.constraints import find_constraints
from sunset.validation.expectations import APPLICATION, Outcome, evaluate
from sunset.validation.lookup import find_table_or_none
from sunset.validation.readings import Readings
from sunset.validation.report import write_report
from sunset.validation.request import ValidationRequest
from sunset.validation.result import Failure, Statistics, ValidationResult
from sunset.validation.rows import RowDifferences
from sunset.validation.rules import READ_TABLES, Rule, measure_rules
from sunset.validation.sides import Sides

NARROWED_TABLES = 50
"""Tables whose differing rows are looked for; when more differ, the copy as a whole went wrong."""


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the databases say, without a verdict; `here` are the expected tables that the target has."""

    differences: tuple[Difference, ...]
    narrowed: tuple[RowDifferences, ...]
    unnarrowed: tuple[Failure, ...]
    source: Readings
    target: Readings
    rules: tuple[Rule, ...]
    here: tuple[Table, ...]


def validate(request: ValidationRequest) -> ValidationResult:
    """Validate one copy and write `validation.html` and `data_docs/` into the request's folder.

    Raises:
        Refusal: the folder is in use, the facts name something twice, or a database refuses to be read.
        Unavailable: a database did not answer.
    """
    _refuse_used(request)
    request.folder.mkdir(parents=True, exist_ok=True)
    with translated(f"validation of {request.name}"):
        findings = _find(request)
        copied = _copied(request)
        counted = [(table, copied.get(table.quoted, 0)) for table in findings.here]
        outcome = evaluate(
            request.name, _frames(request, findings), request.target, counted, request.folder / "data_docs"
        )
        if outcome.raised:
            _ask_for_life(request)
    failures = tuple(sorted({*_failures(request, findings), *outcome.failures}))
    result = ValidationResult(
        name=request.name,
        success=not findings.differences and not failures,
        statistics=_statistics(request, findings, outcome),
        differences=findings.differences,
        narrowed=findings.narrowed,
        failures=failures,
        folder=request.folder,
    )
    write_report(request, result, findings.source, findings.target)
    return result


def _refuse_used(request: ValidationRequest) -> None:
    if request.folder.exists() and any(request.folder.iterdir()):
        raise Refusal(
            "holds files already; evidence of two validations must not mix.",
            where=str(request.folder),
            remedy="Give an empty folder.",
        )


def _find(request: ValidationRequest) -> _Findings:
    differences = compare(request.source_facts, request.target_facts)
    tables, sides = request.expected_tables, request.sides
    narrowed, unnarrowed = _narrow(sides, differences)
    with ThreadPoolExecutor(max_workers=1) as beside:  # of a product that waits, the source is read-only meanwhile
        ruling = beside.submit(_rule, request)
        old = request.source_readings or sides.read_source(request.checks, tables, request.sample_rows)
        new = sides.read_target(request.checks, old.samples, request.sample_rows)
        here, rules = ruling.result()
    return _Findings(differences, narrowed, unnarrowed, old, new, rules, here)


def _rule(request: ValidationRequest) -> tuple[tuple[Table, ...], tuple[Rule, ...]]:
    """The expected tables that the target has, and how many of their rows break a rule."""
    with read_only(request.target, APPLICATION) as target:
        found = (find_table_or_none(target, name) for name in request.expected_tables)
        here = tuple(table for table in found if table)
        constraints = find_constraints(target, [table.quoted for table in here])
    with read_only(request.target, APPLICATION, READ_TABLES) as target:
        return here, measure_rules(target, here, constraints)


def _narrow(
    sides: Sides, differences: tuple[Difference, ...]
) -> tuple[tuple[RowDifferences, ...], tuple[Failure, ...]]:
    """The differing rows of each table whose rows differ, and the tables where they could not be looked for."""
    names = sorted({difference.subject for difference in differences if difference.kind in ("rows", "checksum")})
    narrowed, failures = [], []
    for name in names[:NARROWED_TABLES]:
        if found := sides.narrow(name):
            narrowed.append(found)
        else:
            failures.append(Failure(name, "its differing rows cannot be named: the columns are not the same."))
    if left := len(names[NARROWED_TABLES:]):
        failures.append(Failure("tables", f"the differing rows of {left} more tables were not looked for."))
    return tuple(narrowed), tuple(failures)


def _copied(request: ValidationRequest) -> dict[str, int]:
    return {fact.table: fact.rows for fact in request.source_facts.tables}


def _frames(request: ValidationRequest, findings: _Findings) -> list[frames.Frame]:
    """The frames to assert on; all but the tables' only where there is something of the kind."""
    old, new = request.source_facts, request.target_facts
    others = (
        frames.sequences_frame(old, new),
        frames.objects_frame(old, new),
        frames.rules_frame(findings.rules, _copied(request)),
        frames.checks_frame([check.name for check in request.checks], findings.source, findings.target),
        frames.sample_frame(findings.source, findings.target),
    )
    return [
        frames.tables_frame(request.expected_tables, old, new),
        *(frame for frame in others if frame.expected or frame.lines),
    ]


def _failures(request: ValidationRequest, findings: _Findings) -> Iterator[Failure]:
    copied = _copied(request)
    yield from findings.unnarrowed
    yield from verdicts.judge_coverage(request.expected_tables, request.source_facts, request.target_facts)
    yield from verdicts.judge_rules(findings.rules, copied)
    yield from verdicts.judge_checks(request.checks, findings.source, findings.target)
    yield from verdicts.judge_sample(findings.source, findings.target, request.sample_rows, copied)


def _statistics(request: ValidationRequest, findings: _Findings, outcome: Outcome) -> Statistics:
    old = {fact.table: fact for fact in request.source_facts.tables}
    new = {fact.table: fact for fact in request.target_facts.tables}
    answered = {answer.check for answer in findings.source.answers if not answer.fault}
    read_back = {sample.table: len(sample.rows) for sample in findings.target.samples}
    return Statistics(
        evaluated=outcome.evaluated,
        passed=outcome.passed,
        tables=len(set(request.expected_tables) & old.keys() & new.keys()),
        rows=request.source_facts.rows,
        checksums_equal=sum(table in new and new[table].checksum == fact.checksum for table, fact in old.items()),
        sequences=len(request.source_facts.sequences),
        objects=len(request.source_facts.objects),
        rules=len(findings.rules),
        checks=sum(answer.check in answered and not answer.fault for answer in findings.target.answers),
        quarantined=sum(fact.quarantined for fact in request.source_facts.tables),
        sampled=sum(min(len(sample.rows), read_back.get(sample.table, 0)) for sample in findings.source.samples),
    )


def _ask_for_life(request: ValidationRequest) -> None:
    """An expectation that could not be evaluated is a failure, unless the server went away: that is worth a retry."""
    with read_only(request.target, APPLICATION) as target:
        target.execute("SELECT 1")
