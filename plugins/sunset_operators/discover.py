"""Discover: every asset of a source, and what the spec's rules make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset.catalogue.dispositions import decide, not_migrated, undecided
from sunset_operators.base import SourceOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class DiscoverAssets(SourceOperator):
    """Write the catalogue of a source, with a disposition for each asset."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        decisions = decide(self.engine(run).discover(), self.spec.dispositions)
        catalogue = {
            "source": self.source.name,
            "assets": [decision.to_json() for decision in decisions],
            "undecided": [asset.address for asset in undecided(decisions)],
            "not_migrated": list(not_migrated(decisions)),
            "not_carried": sum(bool(decision.asset.not_carried) for decision in decisions),
        }
        reference = run.dossier.record("discover", self.source.name, catalogue)
        counts = {"undecided": len(undecided(decisions)), "not_carried": catalogue["not_carried"]}
        return {**reference.to_json(), "assets": len(decisions), **counts}
