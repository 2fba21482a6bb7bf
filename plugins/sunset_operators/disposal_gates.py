"""The gate before a destruction: two different people, one list, one digest. Made of the gates' own operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.bases.xcom import BaseXCom

from sunset.disposal.approved import GATE, LIST
from sunset.dossier.seal import seal
from sunset_operators.disposal_run import OfDisposal, own_run
from sunset_operators.gates import AskPeople, ReadAnswers

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

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        answer = HITLOperator.execute_complete(self, context, event)
        context["ti"].xcom_push(BaseXCom.XCOM_RETURN_KEY, answer)
        if answer["chosen_options"] != [self.APPROVE]:
            said = {"by": (answer["responded_by_user"] or {}).get("id"), "at": str(answer["responded_at"])}
            comment = str((answer["params_input"] or {}).get("comment") or "")
            own_run(self.spec, context).dossier.record(GATE, "rejection", {**said, "comment": comment})
        return super(AskPeople, self).execute_complete(context, event)


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
