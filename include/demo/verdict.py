"""The verdict of an execution, as its dossier's closing record gives it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.errors import Refusal

if TYPE_CHECKING:
    from demo.api import RunRef
    from demo.settings import Places


@dataclass(frozen=True, slots=True)
class Verdict:
    """The closing record of a run."""

    record: dict[str, Any]

    @property
    def holds(self) -> bool:
        """Whether everything was done, compared and approved, and something was there to compare."""
        found = self.record
        return bool(
            found["held"]
            and found["carried"]
            and all(each["rows"] + each["files"] > 0 for each in found["carried"].values())
            and found["checksums_equal"] == found["tables"] > 0
            and found["files_equal"] == found["files"]
            and found["checks_passed"] == found["checks"] > 0
        )

    def table(self) -> str:
        """The record for people to read, one line a figure."""
        found = self.record
        approvals = [f"{each['gate']}: {each['name']} ({each['by']}), {each['at'][:19]}" for each in found["approvals"]]
        lines = [
            ("verdict", "everything held" if self.holds else "NOT everything held"),
            ("assets", f"{found['assets']:,}"),
            *(("copied", _carried(source, each)) for source, each in found["carried"].items()),
            ("bytes copied", f"{found['bytes']:,}"),
            ("checksums equal", f"{found['checksums_equal']:,} of {found['tables']:,} tables"),
            ("files equal", f"{found['files_equal']:,} of {found['files']:,}"),
            ("checks passed", f"{found['checks_passed']:,} of {found['checks']:,}"),
            ("rounds", f"{found['rounds']:,}, the last {found['clean_rounds_in_a_row']:,} of them clean"),
            *(("approved", approval) for approval in approvals),
            *(("gap", gap) for gap in found["gaps"]),
            ("dossier", found["dossier"]),
            ("archive", found["archive"] or "none"),
        ]
        return "\n".join(f"  {label:<16} {value}" for label, value in lines)


def _carried(source: str, each: dict[str, int]) -> str:
    counts = [f"{number:,} {what}" for what, number in each.items() if number]
    return f"{source}: {', '.join(counts) or 'nothing'}"


def read_verdict(places: Places, product: str, run: RunRef) -> Verdict:
    """Read the closing record of a run: the newest one, if the run was closed more than once.

    Raises:
        Refusal: the run left none.
    """
    dossiers = places.dossiers / product
    paths = sorted(dossiers.glob("*/close/verdict.*.json"), key=lambda path: int(path.name.split(".")[1]))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    of_run = [record for record in records if record["run_id"] == run.run_id]
    if not of_run:
        raise Refusal("The run left no verdict.", where=str(dossiers), remedy="Look at the task `close` in the UI.")
    return Verdict(of_run[-1])
