"""The runbook of a run: what is done when, by whom, and what to do when it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sunset.dossier.canonical import digest, encode
from sunset.dossier.rounds import Round
from sunset.rehearsal.durations import STEPS, WINDOW, window_seconds
from sunset.reports.duration import duration
from sunset.reports.texts import texts
from sunset.spec import Spec

_ESTIMATED = {"migrate": ("copy", "indexes"), "validate": ("validation",)}
"""What the preflight estimates of a stage, by the subjects of its findings."""


def stages(spec: Spec) -> tuple[str, ...]:
    """The stages of a product's DAG, in their order."""
    order = list(texts("en")["stages"])
    if not spec.followed:
        return tuple(stage for stage in order if stage != "follow" and (stage != "back_up" or spec.sources.tabular))
    order.remove("back_up")
    order.insert(order.index("accept"), "back_up")
    return tuple(order)


def binding(spec: Spec, outlines: Mapping[str, Any], said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The part of a runbook that people agree on: what makes one version of it differ from another.

    Args:
        spec: the product's spec.
        outlines: the plan's outline of each source, with `by_disposition`.
        said: what people said at the first gate, with `new_risks`.
    """
    decision, words = spec.decision, texts(spec.notices.language)
    return {
        "goals": {
            "reason": decision.reason,
            "replaced_by": decision.replaced_by or "",
            "included": list(decision.scope.included),
            "excluded": list(decision.scope.excluded),
        },
        "timeline": spec.timeline.model_dump(mode="json"),
        "people": [{"user": user, **person.model_dump(mode="json")} for user, person in spec.people.items()],
        "routes": [route for route in _routes(spec, words, outlines)],
        "risks": [risk.model_dump(mode="json") for risk in decision.risks]
        + [{**risk, "owner": person["name"]} for person in said for risk in person["new_risks"]],
        "steps": [{"stage": stage, **words["stages"][stage]} for stage in stages(spec)],
    }


def version_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the binding part."""
    return digest(encode(content))


def lines_of(content: Any, path: str = "") -> Iterator[str]:
    """One line for each thing that the binding part says, such as `timeline freeze: 2027-02-26T18:00:00Z`."""
    if isinstance(content, Mapping) and path.count(" ") < 1:
        for key, value in content.items():
            yield from lines_of(value, f"{path} {key}".strip())
    elif isinstance(content, list):
        for value in content:
            yield from lines_of(value, f"{path} -")
    else:
        text = "; ".join(_words(content)) if isinstance(content, Mapping) else str(content)
        yield f"{path.removesuffix(' -')}: {text}"


def _words(content: Mapping[str, Any]) -> Iterator[str]:
    for value in content.values():
        yield ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def timetable(
    spec: Spec, rounds: Sequence[Round], preflight: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """When each stage is due and how long it takes, in seconds where that is known.

    Args:
        spec: the product's spec.
        rounds: the history of rehearsals.
        preflight: the findings of each source.
    """
    measured = [made for made in rounds if any(made.seconds.get(stage) for stage in STEPS)]
    seconds = dict(measured[-1].seconds) if measured else _estimates(preflight)
    planned, at = dict[str, str](), spec.timeline.freeze
    for stage in stages(spec):
        if stage == "announce" and spec.timeline.announce:
            planned[stage] = spec.timeline.announce.isoformat()
        elif stage == "cut_over":
            planned[stage] = f"{spec.timeline.cutover:%Y-%m-%d %H:%M} UTC"
        elif stage == "freeze" or stage in WINDOW:
            planned[stage] = f"{at:%Y-%m-%d %H:%M} UTC"
            at += timedelta(seconds=seconds.get(stage, 0.0))
    window = (spec.timeline.cutover - spec.timeline.freeze).total_seconds()
    return {
        "round": measured[-1].number if measured else None,
        "window": duration(window),
        "needed": duration(window_seconds(seconds)),
        "rows": [
            {"stage": stage, "planned": planned.get(stage, ""), "seconds": seconds.get(stage)} for stage in stages(spec)
        ],
    }


def _estimates(preflight: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, float]:
    found = [each for findings in preflight.values() for each in findings if each["code"] == "estimate"]
    return {
        stage: sum(each["seconds"] or 0.0 for each in found if each["subject"] in subjects)
        for stage, subjects in _ESTIMATED.items()
        if any(each["subject"] in subjects for each in found)
    }


def _routes(spec: Spec, words: Mapping[str, Any], outlines: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for database in spec.sources.databases:
        yield _route(
            database.name, words[f"route_{database.route}"], database.conn_id, database.target_conn_id, outlines
        )
    for files in spec.sources.files:
        yield _route(files.name, words["route_files"], str(files.from_.path), str(files.to.path), outlines)
    for api in spec.sources.apis:
        yield _route(api.name, words["route_api"], f"{api.conn_id} {api.endpoint}", api.to.table, outlines)


def _route(name: str, route: str, origin: str, target: str, outlines: Mapping[str, Any]) -> dict[str, Any]:
    counts = outlines.get(name, {"by_disposition": {}})["by_disposition"]
    becomes = ", ".join(f"{key}: {number:,}" for key, number in sorted(counts.items()))
    return {"source": name, "route": route, "from": origin, "to": target, "becomes": becomes}
