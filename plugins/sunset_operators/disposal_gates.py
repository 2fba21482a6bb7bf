"""The gate before a destruction: two different people, one list, one digest. Made of the gates' own operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset.disposal.approved import GATE, LIST
from sunset.dossier.seal import seal
from sunset_operators.disposal_run import OfDisposal, own_run
from sunset_operators.gates import AskPeople, ReadAnswers, answered_by

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class SealList(OfDisposal):
    """Seal the list and its conditions, for the people who are asked.

    Returns the seal's path and digest, and a summary in Markdown for the question.
    """

    def carry_out(self, run: StageRun, context: Context) -> Any:
        basis = run.evidence(LIST, "basis")
        made = seal(run.dossier, GATE)
        return {"path": made.path, "digest": made.digest, "files": len(made.files), "summary": _summary(basis)}


class AskForDestruction(AskPeople):
    """The question; a rejection goes on record with the disposal."""

    def keep_rejection(self, context: Context, answer: Any) -> None:
        said = {"by": answered_by(answer), "at": str(answer["responded_at"])}
        comment = str((answer["params_input"] or {}).get("comment") or "")
        own_run(self.spec, context).dossier.record(GATE, "rejection", {**said, "comment": comment})


class ReadBothAnswers(OfDisposal, ReadAnswers):
    """Go on only if two different people approved this very list."""


def _summary(basis: dict[str, Any]) -> str:
    outline = basis["outline"]
    kinds = "".join(f"| {kind} | {count:,} |\n" for kind, count in outline["by_kind"].items())
    return (
        f"**{basis['kind']}** `{basis['subject']}` at `{basis['place']}`\n\n"
        f"| what | how many |\n|---|---|\n{kinds}\n"
        f"Together {outline['count']:,} things, {outline['bytes'] / 2**20:,.1f} MiB as far as known. "
        f"It rests on the run `{basis['retirement']['run_id']}`, closed with the seal "
        f"`{basis['retirement']['digest']}`."
    )
