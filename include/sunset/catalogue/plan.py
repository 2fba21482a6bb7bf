"""The plan as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sunset.spec import Spec

if TYPE_CHECKING:
    from jinja2 import Template


def plan_page(spec: Spec, plan: Mapping[str, Any], catalogues: Mapping[str, Mapping[str, Any]]) -> str:
    """HTML of a run's plan.

    Args:
        spec: the product's spec.
        plan: the plan as recorded.
        catalogues: the catalogue of each source as recorded.
    """
    return _template().render(spec=spec, plan=plan, catalogues=catalogues)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("sunset.catalogue"), autoescape=True, trim_blocks=True)
    return environment.get_template("plan.html.j2")
