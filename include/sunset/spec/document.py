"""One YAML document as it was read: one product, not judged yet."""

from __future__ import annotations

from dataclasses import dataclass

from sunset.spec.origin import Origin
from sunset.spec.problems import SpecProblem

UNREADABLE = object()
"""Stands for a value that the reader refused, so that it is not complained about twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML document: one product.

    Attributes:
        origin: file and lines; for a document that is broken, the line of its problem.
        data: mappings, lists, texts and None; UNREADABLE when the document is broken.
        problems: what the reader refused.
        text: what was written, for a document that is broken; "" otherwise.
    """

    origin: Origin
    data: object
    problems: tuple[SpecProblem, ...] = ()
    text: str = ""


def broken(problem: SpecProblem, text: str) -> Document:
    """A document that says nothing but what is wrong with it."""
    origin = Origin(problem.file, {(): (problem.line, problem.column)})
    return Document(origin, UNREADABLE, problems=(problem,), text=text)
