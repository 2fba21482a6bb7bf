"""Two equal databases, and validations of the one against the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.measure import measure
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sides import PostgresSides
from sunset.validation.facts import Facts
from sunset.validation.request import ValidationRequest
from sunset.validation.result import ValidationResult
from sunset.validation.validate import validate

LEGACY = Path(__file__).with_name("legacy.sql")


def facts_of(endpoint: Endpoint) -> Facts:
    return measure(lambda: read_only(endpoint, "tests"), Scope())


def run_sql(endpoint: Endpoint, statements: str) -> None:
    with connect(endpoint, "tests") as connection:
        connection.execute(statements.encode())


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and its copy; `before` are the source's facts when both were equal."""

    source: Endpoint
    target: Endpoint
    before: Facts
    folder: Path
    runs: Iterator[int] = field(default_factory=itertools.count)

    def damage(self, statements: str) -> None:
        run_sql(self.target, statements)

    def request(self, **changes: Any) -> ValidationRequest:
        wanted = {
            "name": "crm",
            "source_facts": self.before,
            "target_facts": facts_of(self.target),
            "expected_tables": tuple(fact.table for fact in self.before.tables),
            "sides": PostgresSides(self.source, self.target, "tests"),
            "target": self.target,
            "folder": self.folder / str(next(self.runs)),
        }
        return ValidationRequest(**{**wanted, **changes})

    def validate(self, **changes: Any) -> ValidationResult:
        return validate(self.request(**changes))
