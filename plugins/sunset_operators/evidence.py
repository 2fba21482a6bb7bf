"""What the dossier of a run must hold, and what it lacks. The verdict rests on records, not on task states alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.dossier.names import safe_name
from sunset_operators.stage_run import Mode

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier
    from sunset_operators.stage_run import StageRun


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record that a run of this mode must have, and under which key it lists what did not hold.

    Attributes:
        mode: the first mode that needs it.
        stage: stage whose folder holds it.
        name: name of the record; `{source}` stands for each source that takes part.
    """

    mode: Mode
    stage: str
    name: str


REQUIRED = (
    Evidence("dry_run", "decide", "decision"),
    Evidence("dry_run", "announce", "notices"),
    Evidence("dry_run", "discover", "{source}"),
    Evidence("dry_run", "assess", "{source}"),
    Evidence("dry_run", "plan", "plan"),
    Evidence("rehearse", "rehearse", "{source}-restored"),
    Evidence("rehearse", "rehearse", "{source}-source-facts"),
    Evidence("rehearse", "rehearse", "{source}-validation"),
    Evidence("rehearse", "rehearse", "round"),
    Evidence("execute", "approve", "approval"),
    Evidence("execute", "freeze", "{source}"),
    Evidence("execute", "back_up", "{source}-restored"),
    Evidence("execute", "migrate", "{source}-source-facts"),
    Evidence("execute", "validate", "{source}-stood-still"),
    Evidence("execute", "validate", "{source}-validation"),
    Evidence("execute", "accept", "approval"),
    Evidence("execute", "cut_over", "cutover"),
    Evidence("execute", "archive", "receipt"),
)


def gaps(run: StageRun) -> tuple[str, ...]:
    """What the run's dossier lacks, or holds with a bad result; nothing when all that its mode asks for held."""
    wanted = [evidence for evidence in REQUIRED if run.reaches(evidence.mode)]
    return tuple(_gaps(run, wanted))


def rehearsal_gaps(run: StageRun) -> tuple[str, ...]:
    """The same for the rehearsal of the run, before its round is recorded."""
    wanted = [evidence for evidence in REQUIRED if evidence.mode != "execute" and evidence.name != "round"]
    return tuple(_gaps(run, wanted))


def approvals(dossier: Dossier) -> list[dict[str, Any]]:
    """The approvals of a run's gates."""
    found = (dossier.latest(gate, "approval") for gate in ("approve", "accept"))
    return [approval for approval in found if approval]


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
    results = [checked.get(safe_name(f"{source}-validation")) for source in run.selected]
    statistics = [result["statistics"] for result in results if result]
    return {
        "assets": sum(len(catalogue["assets"]) for catalogue in catalogues),
        "tables": sum(each["tables"] for each in statistics),
        "rows": sum(unit["fact"]["rows"] for pack in packs for unit in pack["units"]),
        "bytes": sum(unit["bytes"] for pack in packs for unit in pack["units"]),
        "checksums_equal": sum(each["checksums_equal"] for each in statistics),
        "checks": sum(each["evaluated"] for each in statistics),
        "checks_passed": sum(each["passed"] for each in statistics),
    }


def gate_summary(run: StageRun, gate: str) -> str:
    """What the people at a gate are shown, in Markdown: counts, no names from the data."""
    figures = totals(run, *(("migrate", "validate") if gate == "accept" else ("rehearse", "rehearse")))
    rows = [
        ("Assets catalogued", f"{figures['assets']:,}"),
        ("Tables compared", f"{figures['tables']:,}"),
        ("Rows copied", f"{figures['rows']:,}"),
        ("Checksums equal", f"{figures['checksums_equal']:,} of {figures['tables']:,}"),
        ("Checks passed", f"{figures['checks_passed']:,} of {figures['checks']:,}"),
    ]
    table = "\n".join(f"| {label} | {value} |" for label, value in rows)
    return f"| | |\n|---|---|\n{table}"


def _is_pack(name: str, run: StageRun) -> bool:
    return any(name.startswith(f"{safe_name(f'{source}-pack')}-") for source in run.selected)


def _gaps(run: StageRun, wanted: list[Evidence]) -> Iterator[str]:
    for evidence in wanted:
        for source in run.selected if "{source}" in evidence.name else ("",):
            name = evidence.name.replace("{source}", source)
            record = run.dossier.latest(evidence.stage, name)
            if record is None:
                yield f"{evidence.stage}: no record of {name!r}"
            else:
                yield from (f"{evidence.stage}: {name}: {line}" for line in _faults(record))


def _faults(record: dict[str, Any]) -> Iterator[str]:
    """What a record itself says did not hold."""
    for finding in record.get("findings", []):
        if finding["severity"] == "error":
            yield f"{finding['code']}: {finding['subject']}: {finding['message']}"
    for difference in record.get("differences", []):
        yield difference if isinstance(difference, str) else f"{difference['subject']}: {difference['detail']}"
    for failure in record.get("failures", []):
        yield f"{failure['subject']}: {failure['message']}"
    if record.get("success") is False and not (record.get("differences") or record.get("failures")):
        yield "did not succeed"
