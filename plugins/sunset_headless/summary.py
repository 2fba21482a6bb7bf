"""What a headless run tells at its end, read from the dossier that it left."""

from __future__ import annotations

from collections.abc import Iterator

from sunset.spec import Spec
from sunset_operators.connections import dossiers
from sunset_operators.stage_run import run_folder


def summary(spec: Spec, run_id: str) -> Iterator[str]:
    """Lines on the plan, the verdict and where everything lies; few if the run broke off early."""
    from sunset.dossier.dossier import Dossier

    store = dossiers().child(spec.product).child(run_folder(run_id))
    dossier = Dossier(store)
    for source, outline in (dossier.latest("plan", "plan") or {"sources": {}})["sources"].items():
        decided = ", ".join(f"{name} {count}" for name, count in sorted(outline["by_disposition"].items()))
        yield f"source {source}: {outline['assets']:,} assets ({decided}), about {outline['rows']:,} rows"
    if verdict := dossier.latest("close", "verdict"):
        if verdict["tables"]:
            yield f"copied: {verdict['rows']:,} rows, {verdict['bytes'] / 2**20:,.1f} MiB"
            yield from (f"in quarantine: {rows:,} rows of {table}" for table, rows in verdict["quarantined"].items())
            yield f"checksums equal: {verdict['checksums_equal']} of {verdict['tables']} tables"
            yield f"checks passed: {verdict['checks_passed']:,} of {verdict['checks']:,}"
            yield f"clean rounds in a row: {verdict['clean_rounds_in_a_row']}"
        yield from (f"approved {each['gate']}: {each['by']} at {each['at']}" for each in verdict["approvals"])
        yield from (f"did not hold: {gap}" for gap in verdict["gaps"])
        if verdict["archive"]:
            yield f"archive: {verdict['archive']}"
    yield f"dossier: {store.uri}"
