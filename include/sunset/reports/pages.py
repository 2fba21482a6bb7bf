"""The pages of a dossier that people read: plan, runbook, round report and closing report.

Every value is escaped; nothing on a page comes from elsewhere than the records beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sunset.disposal.words import said, words
from sunset.dossier.lessons import Retrospective
from sunset.dossier.rounds import Round, RoundComparison
from sunset.rehearsal.rules import Rule
from sunset.reports.decision import plain
from sunset.reports.duration import duration
from sunset.reports.flow import flow
from sunset.reports.runbook import stages
from sunset.reports.texts import texts
from sunset.reports.trend import trend
from sunset.spec import Spec

if TYPE_CHECKING:
    from jinja2 import Environment


def plan_page(spec: Spec, plan: Mapping[str, Any], catalogues: Mapping[str, Mapping[str, Any]]) -> str:
    """HTML of a run's plan.

    Args:
        spec: the product's spec.
        plan: the plan as recorded.
        catalogues: the catalogue of each source as recorded.
    """
    return _render("plan.html", spec=spec, plan=plan, catalogues=catalogues)


def runbook_pages(spec: Spec, book: Mapping[str, Any]) -> tuple[str, str]:
    """HTML and Markdown of a runbook, in the language of the product's notices.

    Args:
        spec: the product's spec.
        book: the runbook as recorded.
    """
    words = texts(spec.notices.language)
    people = list(spec.people.values())
    values: dict[str, Any] = {
        "spec": spec,
        "book": book,
        "t": words,
        "language": spec.notices.language,
        "boxes": flow([(stage, words["stages"][stage]["name"]) for stage in stages(spec)]),
        "responsible": {
            role: [person.name for person in people if role in person.roles] or [name]
            for role, name in words["role_names"].items()
        },
    }
    return _render("runbook.html", **values), _render("runbook.md", **values)


def round_page(
    spec: Spec, rounds: Sequence[Round], this: Round, comparison: RoundComparison, rules: Sequence[Rule]
) -> str:
    """HTML of a round beside the one before it, with the trend over all rounds.

    Args:
        spec: the product's spec.
        rounds: the history up to and with this round.
        this: the round.
        comparison: what was fixed, is new and stays open, against the round before.
        rules: go or no-go, rule by rule.
    """
    return _render(
        "round.html", spec=spec, rounds=rounds, this=this, comparison=comparison, rules=rules, trend=trend(rounds)
    )


def closing_page(spec: Spec, verdict: Mapping[str, Any]) -> str:
    """HTML of a run's verdict.

    Args:
        spec: the product's spec.
        verdict: the verdict as recorded.
    """
    return _render("closing.html", spec=spec, verdict=verdict)


def retrospective_page(spec: Spec, said: Retrospective) -> str:
    """HTML of a retrospective.

    Args:
        spec: the product's spec.
        said: its answers.
    """
    return _render("retrospective.html", spec=spec, said=said)


def certificate_page(certificate: Mapping[str, Any], language: str) -> str:
    """HTML of a certificate of destruction.

    Args:
        certificate: the certificate as recorded.
        language: en or zh.
    """
    return _render(
        "certificate.html",
        it=certificate,
        language=language,
        word=words(language),
        said=lambda text: said(text, language),
    )


def _render(page: str, **values: object) -> str:
    return _environment().get_template(f"{page}.j2").render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("sunset.reports"),
        autoescape=select_autoescape(("html.j2",), default_for_string=True, default=False),
        trim_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["duration"] = duration
    environment.filters["text"] = plain
    environment.filters["mebibytes"] = lambda size: f"{size / 2**20:,.1f} MiB"
    return environment
