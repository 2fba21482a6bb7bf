"""Makes a spec of a document, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from sunset.spec.document import UNREADABLE, Document
from sunset.spec.explaining import complaints_of
from sunset.spec.model import Spec
from sunset.spec.problems import SpecProblem, spell
from sunset.spec.rules import Complaint, broken_rules
from sunset.spec.secrets import find_secrets

_MOST = 100


def build(document: Document) -> tuple[Spec | None, tuple[SpecProblem, ...]]:
    """The spec, or None; and the problems, those of the reader included, in the order of their lines."""
    spec, complaints = _validate(document)
    found = [*document.problems, *(_problem(each, document) for each in complaints)]
    return spec, _at_most(_MOST, sorted(found, key=lambda problem: (problem.line, problem.column)))


def _validate(document: Document) -> tuple[Spec | None, tuple[Complaint, ...]]:
    if document.data is UNREADABLE:
        return None, ()
    if not isinstance(document.data, dict):
        return None, (Complaint((), "must be a mapping with keys such as product and title at the top level"),)
    try:
        return Spec.model_validate(document.data, context=document.origin), ()
    except ValidationError as error:
        return None, tuple(_all_complaints(document.data, error))


def _all_complaints(data: object, error: ValidationError) -> Iterator[Complaint]:
    """What the models and the rules between them find; of a key that holds a secret nothing but that."""
    secrets = {complaint.path: complaint for complaint in find_secrets(data)}
    others = {complaint.path: complaint for complaint in (*broken_rules(data), *complaints_of(error))}
    return iter((others | secrets).values())


def _at_most(most: int, problems: list[SpecProblem]) -> tuple[SpecProblem, ...]:
    if len(problems) <= most:
        return tuple(problems)
    first = problems[most]
    rest = SpecProblem(first.file, first.line, 1, "", f"{len(problems) - most} more problems from here on")
    return (*problems[:most], rest)


def _problem(complaint: Complaint, document: Document) -> SpecProblem:
    line, column = document.origin.locate(complaint.path)
    key = spell(complaint.path)
    return SpecProblem(document.origin.file, line, column, key, complaint.message, complaint.suggestion)
