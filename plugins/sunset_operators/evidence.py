"""What the dossier of a run must hold, and what it lacks. The verdict rests on records, not on task states alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sunset.catalogue.coverage import open_questions
from sunset.dossier.canonical import digest, encode
from sunset.errors import Refusal
from sunset_operators.stage_run import Mode

if TYPE_CHECKING:
    from sunset.spec import Spec
    from sunset_operators.stage_run import StageRun


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record that a run of this mode must have, and under which key it lists what did not hold.

    Attributes:
        mode: the first mode that needs it.
        stage: stage whose folder holds it.
        name: name of the record; `{source}` stands for each source that takes part.
        about: name of the record in the same or another stage that it must be about, as it is now: a validation
            of an earlier copy says nothing of a later one.
        route: the route of the sources that must have it; None for those of every route.
        dumped: whether sources that have no dump need not have it: file trees.
    """

    mode: Mode
    stage: str
    name: str
    about: tuple[str, str] | None = None
    route: Literal["copy", "replicate"] | None = None
    dumped: bool = False


REQUIRED = (
    Evidence("dry_run", "decide", "decision"),
    Evidence("execute", "decide", "approval"),
    Evidence("dry_run", "announce", "notices"),
    Evidence("dry_run", "discover", "{source}"),
    Evidence("dry_run", "discover", "coverage-proof"),
    Evidence("dry_run", "assess", "{source}"),
    Evidence("dry_run", "plan", "plan"),
    Evidence("dry_run", "plan", "runbook"),
    Evidence("execute", "plan", "confirmation", about=("plan", "runbook")),
    Evidence("rehearse", "rehearse", "{source}-restored", about=("rehearse", "{source}-backup"), dumped=True),
    Evidence("rehearse", "rehearse", "{source}-source-facts"),
    Evidence("rehearse", "rehearse", "{source}-validation", about=("rehearse", "{source}-source-facts")),
    Evidence("rehearse", "rehearse", "round"),
    Evidence("execute", "approve", "approval"),
    Evidence("execute", "follow", "{source}-plan", route="replicate"),
    Evidence("execute", "follow", "{source}-copied", about=("follow", "{source}-plan"), route="replicate"),
    Evidence("execute", "follow", "{source}-subscribed", about=("follow", "{source}-copied"), route="replicate"),
    Evidence("execute", "follow", "{source}-caught-up", about=("follow", "{source}-subscribed"), route="replicate"),
    Evidence("execute", "freeze", "{source}"),
    Evidence("execute", "back_up", "{source}-restored", about=("back_up", "{source}-backup"), dumped=True),
    Evidence("execute", "migrate", "{source}-drained", about=("freeze", "{source}"), route="replicate"),
    Evidence("execute", "migrate", "{source}-source-facts"),
    Evidence("execute", "validate", "{source}-stood-still", about=("migrate", "{source}-source-facts"), route="copy"),
    Evidence("execute", "validate", "{source}-validation", about=("migrate", "{source}-source-facts")),
    Evidence("execute", "accept", "approval"),
    Evidence("execute", "cut_over", "{source}-stood-still", about=("migrate", "{source}-source-facts")),
    Evidence("execute", "cut_over", "{source}-target-unchanged", about=("migrate", "{source}-source-facts")),
    Evidence("execute", "cut_over", "cutover"),
    Evidence("execute", "archive", "receipt"),
    # Last of all: the verdict looks for it, and no stage waits for a mail server.
    Evidence("execute", "announce", "sent"),
)
"""Everything that may be asked for, in the order of the process."""


def required(spec: Spec) -> tuple[Evidence, ...]:
    """The order that this spec's DAG has: where a source is followed, backups are made after the validation."""
    if not spec.followed:
        return REQUIRED
    backups = [evidence for evidence in REQUIRED if evidence.stage == "back_up"]
    others = [evidence for evidence in REQUIRED if evidence.stage != "back_up"]
    place = next(index for index, each in enumerate(others) if each.stage == "accept")
    return (*others[:place], *backups, *others[place:])


def gaps(run: StageRun) -> tuple[str, ...]:
    """What the run's dossier lacks, or holds with a bad result; nothing when all that its mode asks for held."""
    wanted = [evidence for evidence in REQUIRED if run.reaches(evidence.mode)]
    return tuple(_gaps(run, wanted))


def rehearsal_gaps(run: StageRun) -> tuple[str, ...]:
    """The same for the rehearsal of the run, before its round is recorded."""
    wanted = [evidence for evidence in REQUIRED if evidence.mode != "execute" and evidence.name != "round"]
    return tuple(_gaps(run, wanted))


def let_in(run: StageRun) -> bool:
    """Whether the run may rehearse: decided, and for an execution approved, and no operator stopped it."""
    gate = "approval" if run.reaches("execute") else "decision"
    return run.dossier.latest("decide", gate) is not None and run.dossier.latest("plan", "rejection") is None


def require_before(run: StageRun, stage: str, record: str | None = None) -> None:
    """Let a stage begin, or a record of it be written, only on all evidence that comes before, on an unchanged spec.

    A task that was marked as success by hand leaves no evidence, so nothing behind it runs.

    Raises:
        Refusal: names what is missing or did not hold.
    """
    decision = run.dossier.latest("decide", "decision")
    if decision and decision["spec_digest"] != run.spec.digest:
        raise Refusal(
            "the spec was changed while the run was under way.",
            where=f"{run.spec.product}: {stage}",
            remedy="Let this run end, and start a new one with the changed spec.",
        )
    order = required(run.spec)
    place = next(index for index, each in enumerate(order) if each.stage == stage and record in (None, each.name))
    if missing := tuple(_gaps(run, [evidence for evidence in order[:place] if run.reaches(evidence.mode)])):
        raise Refusal(
            f"what has to come before {stage} is not on record, or did not hold: {' | '.join(missing[:5])}.",
            where=run.run_id,
            remedy="Clear the tasks that write it. Marking a task as success by hand does not replace its record.",
        )


def _gaps(run: StageRun, wanted: list[Evidence]) -> Iterator[str]:
    latest = cache(run.dossier.latest)  # several records are about one, which may be large
    for evidence in wanted:
        for source in _sources(run, evidence):
            name = evidence.name.replace("{source}", source)
            record = latest(evidence.stage, name)
            if record is None:
                yield f"{evidence.stage}: no record of {name!r}"
                continue
            yield from (f"{evidence.stage}: {name}: {line}" for line in _faults(record))
            if evidence.stage == "discover" and source and run.reaches("rehearse"):
                yield from (f"discover: {source}: nobody decided on {each}" for each in open_questions(record))
            if evidence.about and record.get("about") != _digest(latest(*_of(evidence.about, source))):
                yield f"{evidence.stage}: {name}: is about an earlier {evidence.about[1].replace('{source}-', '')}"


def _sources(run: StageRun, evidence: Evidence) -> tuple[str, ...]:
    """The sources of the run of which a record is asked; one empty name where it is of none."""
    if "{source}" not in evidence.name:
        return ("",)
    followed = {source.name for source in run.spec.followed}
    files = {source.name for source in run.spec.sources.files} if evidence.dumped else set()
    routes = {source: "replicate" if source in followed else "copy" for source in run.selected if source not in files}
    return tuple(source for source, route in routes.items() if evidence.route in (None, route))


def record_digest(run: StageRun, stage: str, name: str) -> str | None:
    """SHA-256 of the newest record of a name; what is written about it carries this under `about`."""
    return _digest(run.dossier.latest(stage, name))


def _digest(record: dict[str, Any] | None) -> str | None:
    return digest(encode(record)) if record else None


def _of(about: tuple[str, str], source: str) -> tuple[str, str]:
    return about[0], about[1].replace("{source}", source)


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
