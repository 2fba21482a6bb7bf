"""The pages of a dossier that people read: plan, round report and closing report.

Every value is escaped; nothing on a page comes from elsewhere than the records beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sunset.disposal.words import said, words
from sunset.dossier.rounds import Round, RoundComparison
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
    return _render("plan", spec=spec, plan=plan, catalogues=catalogues)


def round_page(spec: Spec, rounds: Sequence[Round], this: Round, comparison: RoundComparison) -> str:
    """HTML of a round beside the one before it, with the trend over all rounds.

    Args:
        spec: the product's spec.
        rounds: the history up to and with this round.
        this: the round.
        comparison: what was fixed, is new and stays open, against the round before.
    """
    return _render("round", spec=spec, rounds=rounds, this=this, comparison=comparison, trend=trend(rounds))


def closing_page(spec: Spec, verdict: Mapping[str, Any]) -> str:
    """HTML of a run's verdict.

    Args:
        spec: the product's spec.
        verdict: the verdict as recorded.
    """
    return _render("closing", spec=spec, verdict=verdict)


def certificate_page(certificate: Mapping[str, Any], language: str) -> str:
    """HTML of a certificate of destruction.

    Args:
        certificate: the certificate as recorded.
        language: en or zh.
    """
    return _render("certificate", it=certificate, word=words(language), said=lambda text: said(text, language))


def _render(page: str, **values: object) -> str:
    return _environment().get_template(f"{page}.html.j2").render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("sunset.reports"), autoescape=True, trim_blocks=True)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["duration"] = _duration
    environment.filters["mebibytes"] = lambda size: f"{size / 2**20:,.1f} MiB"
    return environment


def _duration(seconds: float) -> str:
    """Seconds as people say them: `under 0.1 s`, `0.4 s`, `12 min 5 s`, `3 h 20 min`."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"
