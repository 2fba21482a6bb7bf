"""The figures of a run, for the verdict, the round and the people at a gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sunset.dossier.names import safe_name
from sunset.dossier.rounds import clean_streak, history

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier
    from sunset_operators.stage_run import StageRun


MIGRATION, REHEARSAL = ("migrate", "validate"), ("rehearse", "rehearse")
"""The stages that copy and validate, for `totals`."""


def approvals(dossier: Dossier) -> list[dict[str, Any]]:
    """The approvals of a run's gates, one for each person."""
    found = [dossier.latest(gate, "approval") for gate in ("decide", "approve", "accept")]
    return [
        {**person, "gate": approval["gate"], "digest": approval["digest"]}
        for approval in found
        if approval
        for person in approval["people"]
    ]


def totals(run: StageRun, copy_stage: str, check_stage: str) -> dict[str, Any]:
    """The figures of a copy and its validation, summed over the run's sources.

    Args:
        run: the run.
        copy_stage: stage that copied: rehearse or migrate.
        check_stage: stage that validated: rehearse or validate.
    """
    copied, checked = run.dossier.records(copy_stage), run.dossier.records(check_stage)
    catalogues = [run.dossier.latest("discover", source) or {"assets": []} for source in run.selected]
    packs = [record for name, record in copied.items() if _is_pack(name, run)]
    results = {source: checked.get(safe_name(f"{source}-validation")) for source in run.selected}
    statistics = [result["statistics"] for result in results.values() if result]
    return {
        "assets": sum(len(catalogue["assets"]) for catalogue in catalogues),
        "not_carried": sum(catalogue.get("not_carried", 0) for catalogue in catalogues),
        "tables": sum(each.get("tables", 0) for each in statistics),
        "files": sum(each.get("files", 0) for each in statistics),
        "files_equal": sum(each.get("files_equal", 0) for each in statistics),
        "carried": {source: _carried(source, copied, result) for source, result in results.items()},
        "rows": sum(unit["fact"]["rows"] for pack in packs for unit in pack["units"]),
        "quarantined": _quarantined(packs),
        "bytes": sum(unit["bytes"] for pack in packs for unit in pack["units"])
        + sum(each.get("bytes", 0) for each in statistics),
        "checksums_equal": sum(each.get("checksums_equal", 0) for each in statistics),
        "checks": sum(each["evaluated"] for each in statistics),
        "checks_passed": sum(each["passed"] for each in statistics),
    }


def gate_summary(run: StageRun, gate: str) -> str:
    """What the people at a gate are shown, in Markdown: counts, no names from the data."""
    if gate == "decide":
        return _rehearsed(run)
    figures = totals(run, *(MIGRATION if gate == "accept" else REHEARSAL))
    rows = [
        ("Assets catalogued", f"{figures['assets']:,}"),
        ("Assets not carried, each with its reason in the plan", f"{figures['not_carried']:,}"),
        ("Tables compared", f"{figures['tables']:,}"),
        ("Rows copied", f"{figures['rows']:,}"),
        ("Checksums equal", f"{figures['checksums_equal']:,} of {figures['tables']:,}"),
        ("Expectations that held", f"{figures['checks_passed']:,} of {figures['checks']:,}"),
    ]
    if figures["files"]:
        rows.append(("Files equal, byte for byte", f"{figures['files_equal']:,} of {figures['files']:,}"))
    if figures["quarantined"]:
        rows.append(("Rows in quarantine", f"{sum(figures['quarantined'].values()):,}"))
    if missed := (run.dossier.latest("announce", "sent") or {"differences": []})["differences"]:
        rows.append(("**Notices that did not certainly reach people**", f"{len(missed):,}"))
    table = "\n".join(f"| {label} | {value} |" for label, value in rows)
    return f"| | |\n|---|---|\n{table}"


def _rehearsed(run: StageRun) -> str:
    """How the product was rehearsed: an execution has nothing of its own to show at its first gate."""
    rounds = history(run.product_store)
    clean = clean_streak(rounds, run.spec.digest, run.selected)
    return f"**Rehearsed**: {len(rounds)} rounds, {clean} clean ones in a row with this spec."


def _quarantined(packs: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Rows in quarantine by table, where there are any."""
    counted: Counter[str] = Counter()
    for pack in packs:
        for unit in pack["units"]:
            counted[unit["fact"]["table"]] += unit["fact"].get("quarantined", 0)
    return {table: rows for table, rows in sorted(counted.items()) if rows}


def _carried(source: str, copied: Mapping[str, Any], result: Mapping[str, Any] | None) -> dict[str, int]:
    """Rows and files of one source that were carried."""
    packs = [record for name, record in copied.items() if _is_pack_of(name, source)]
    rows = sum(unit["fact"]["rows"] for pack in packs for unit in pack["units"])
    return {"rows": rows, "files": result["statistics"].get("files", 0) if result else 0}


def _is_pack(name: str, run: StageRun) -> bool:
    return any(_is_pack_of(name, source) for source in run.selected)


def _is_pack_of(name: str, source: str) -> bool:
    return name.startswith(f"{safe_name(f'{source}-pack')}-")
