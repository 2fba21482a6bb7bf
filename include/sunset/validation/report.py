"""The report of a validation for people: what differs first, then every table."""

from __future__ import annotations

from sunset.database.postgres.endpoint import SESSION
from sunset.validation.frames import tables_frame
from sunset.validation.pages import REPORT, write_page
from sunset.validation.readings import Answer, Readings
from sunset.validation.request import ValidationRequest
from sunset.validation.result import ValidationResult

# The settings that the text of a key, and so its fingerprint, depends on.
_TEXT_SETTINGS = ("TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output")


def write_report(request: ValidationRequest, result: ValidationResult, source: Readings, target: Readings) -> None:
    """Write `validation.html` into the request's folder."""
    old, new = ({answer.check: _text(answer) for answer in side.answers} for side in (source, target))
    write_page(
        request.folder / REPORT,
        "validation.html.j2",
        request=request,
        result=result,
        tables=tables_frame(request.expected_tables, request.source_facts, request.target_facts).lines,
        copied={fact.table: fact.checksum for fact in request.source_facts.tables},
        checks=[(check.name, old.get(check.name), new.get(check.name)) for check in request.checks],
        session={name: SESSION[name] for name in _TEXT_SETTINGS},
    )


def _text(answer: Answer) -> str | None:
    if answer.fault:
        return None
    return answer.number or f"{answer.rows} rows, digest {answer.digest[:16]}"
