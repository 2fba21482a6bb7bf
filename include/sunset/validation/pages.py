"""Pages for people, from templates that escape whatever they are given."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

REPORT = "validation.html"
"""The report of a validation, beside its Data Docs."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sunset.validation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def write_page(path: Path, template: str, **values: Any) -> None:
    """Render `template` with `values` into the file `path`."""
    path.write_text(_environment().get_template(template).render(**values), encoding="utf-8")
