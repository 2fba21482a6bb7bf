"""What has to hold before anything is destroyed. All that speaks against it is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sunset.archive.holds import standing
from sunset.disposal.approved import LIST, PERSONS, Approved
from sunset.disposal.items import LINES, write_items
from sunset.disposal.proof import evidence_of, prove
from sunset.dossier.hashing import blocks, sha256
from sunset.errors import Deviation
from sunset_operators.users import strangers

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.spec import Spec
    from sunset_operators.disposal_run import DisposalRun
    from sunset_operators.disposal_subjects import Subject


def standing_faults(run: DisposalRun, subject: Subject, folder: Path) -> Iterator[str]:
    """What speaks against the destruction, whatever state the subject itself is in."""
    yield from subject.date_faults()
    yield from _hold_faults(run)
    yield from _people_faults(run.own.spec)
    yield from _dossier_faults(run)
    yield from subject.proof_faults(folder)


def retirement_faults(run: DisposalRun) -> Iterator[str]:
    """Whether the run retired the product at all."""
    verdict = run.retired.dossier.latest("close", "verdict")
    if verdict is None or verdict["mode"] != "execute":
        yield f"the run {run.retired.run_id} is no execution that came to its verdict"
    elif not verdict["held"]:
        yield f"the run {run.retired.run_id} did not end with a good verdict: {' | '.join(verdict['gaps'][:3])}"
    elif run.retired.dossier.latest("cut_over", "cutover") is None:
        yield f"the run {run.retired.run_id} was never cut over"


def _dossier_faults(run: DisposalRun) -> Iterator[str]:
    """Whether the evidence is whole, but for what this very disposal has begun to destroy of it."""
    going = set(evidence_of(run.own.dossier, run.folder)) if run.begun else set()
    problems = [each for each in prove(run.retired.dossier.store).problems if each.path not in going]
    if problems:
        yield f"the dossier of the retirement does not hold: {' | '.join(map(str, problems[:3]))}"


def _hold_faults(run: DisposalRun) -> Iterator[str]:
    if run.own.spec.disposal.hold:
        yield f"a hold stands in the spec: {run.own.spec.disposal.hold}"
    yield from (f"a {hold}" for hold in standing(run.product_store))


def _people_faults(spec: Spec) -> Iterator[str]:
    if len(spec.approvers) < PERSONS:
        yield f"{PERSONS} different people have to approve, and the spec names {len(spec.approvers)} approver"
    if gone := strangers(spec.approvers):
        yield f"Airflow knows no user {', '.join(gone)}, whom the spec names as approver"


def people_faults(run: DisposalRun, approved: Approved) -> Iterator[str]:
    """Those who approved are people whom the spec still names as approvers."""
    for user in (each["by"] for each in approved.approval["people"]):
        if user not in run.own.spec.approvers:
            yield f"{user} approved, and is no approver any more"


def list_faults(subject: Subject, approved: Path, folder: Path) -> Iterator[str]:
    """Whether a list made now is the one that was approved, to the byte."""
    if sha256(blocks(write_list(subject, folder))) != sha256(blocks(approved)):
        yield "what would be destroyed now is not what was approved"


def write_list(subject: Subject, folder: Path) -> Path:
    """The list of what is to be destroyed, in a folder of its own."""
    own = folder / "now"
    own.mkdir(parents=True)
    write_items(own / LINES, subject.items(folder))
    return own / LINES


def require_none(run: DisposalRun, faults: Sequence[str]) -> None:
    """Go on only if nothing speaks against it.

    Raises:
        Deviation: names what does.
    """
    if faults:
        raise Deviation(
            f"nothing is destroyed, for {len(faults)} reasons: " + " | ".join(faults[:10]),
            where=f"{run.own.spec.product}: {run.subject}",
            remedy="Mend what is named, or leave it as it is; then clear this task, or start a new disposal.",
            differences=tuple(faults),
            record=f"{LIST}/conditions",
        )
