"""Plan: what this run will do with every asset, for people to read and to hold the run against."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sunset.catalogue.coverage import coverage
from sunset.dossier.rounds import history
from sunset.errors import Refusal
from sunset.reports.pages import plan_page
from sunset_operators.base import StageOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class WritePlan(StageOperator):
    """Write the plan. An asset that no rule decides stops a rehearsal and an execution here; a dry run shows it."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        catalogues = {source: run.evidence("discover", source) for source in run.selected}
        undecided = coverage(catalogues)["undecided"]
        plan = {
            **run.describe(),
            "timeline": self.spec.timeline.model_dump(mode="json"),
            "decided": (run.dossier.latest("decide", "approval") or {"people": []})["people"],
            "sources": {source: _outline(catalogue) for source, catalogue in catalogues.items()},
            "preflight": {source: run.evidence("assess", source)["findings"] for source in run.selected},
            "rehearsed": _last_round(run),
            "differences": [f"no rule decides {asset}" for asset in undecided] if run.reaches("rehearse") else [],
        }
        reference = run.dossier.record("plan", "plan", plan)
        run.dossier.page("plan", "plan", plan_page(self.spec, plan, catalogues), "html")
        if plan["differences"]:
            raise Refusal(
                f"no rule decides what becomes of {len(undecided)} assets: {', '.join(undecided[:5])}.",
                where=f"{self.spec.product}: dispositions",
                remedy="Add a rule to the spec that matches them.",
            )
        return {**reference.to_json(), "undecided": len(undecided)}


def _last_round(run: StageRun) -> dict[str, Any] | None:
    """How long the last rehearsal really took, beside what the preflight estimates."""
    rounds = history(run.product_store)
    if not rounds:
        return None
    last = asdict(rounds[-1])
    return {key: last[key] for key in ("number", "recorded_at", "sources", "seconds", "rows", "bytes")}


def _outline(catalogue: dict[str, Any]) -> dict[str, Any]:
    assets = catalogue["assets"]
    return {
        "assets": len(assets),
        "by_disposition": dict(Counter(_becomes(asset) for asset in assets)),
        "not_carried": catalogue.get("not_carried", 0),
        "rows": sum(asset["rows"] or 0 for asset in assets),
        "bytes": sum(asset["bytes"] or 0 for asset in assets),
        "undecided": catalogue["undecided"],
    }


def _becomes(asset: dict[str, Any]) -> str:
    return asset["do"] or ("not carried" if asset.get("not_carried") else "undecided")
