"""What a disposal asks of any source: its day, its spec, its backup or copy, its validation, its archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sunset.archive.fixity import packed
from sunset.disposal.items import Remnant
from sunset.dossier.verify import verify
from sunset.errors import Refusal
from sunset_operators.archive import bag_of
from sunset_operators.days import today
from sunset_operators.disposal_run import DisposalRun
from sunset_operators.evidence import record_digest

if TYPE_CHECKING:
    from sunset.spec.sources import DatabaseSource, FileSource


def day_faults(run: DisposalRun) -> Iterator[str]:
    """Why the day of the sources has not come."""
    first = run.own.spec.disposal.sources_from
    if first is None:
        yield "the spec names no day from which sources may be destroyed (disposal.sources_from)"
    elif today() < first:
        yield f"sources may be destroyed from {first} on, and today is {today()}"


def spec_faults(run: DisposalRun, source: DatabaseSource | FileSource, kind: str) -> Iterator[str]:
    """Whether the source is still the one that was retired, as far as the spec says."""
    decision = run.retired.evidence("decide", "decision")
    if source.name not in decision["sources"]:
        yield f"{source.name} took no part in the run {run.retired.run_id}"
    now = source.model_dump(mode="json", by_alias=True)
    then = [each for each in decision["spec"]["sources"][kind] if each["name"] == source.name]
    if not then or any(now.get(key) != value for key, value in then[0].items()):
        yield f"the spec of the source {source.name} was changed since it was retired"


def undecided_faults(catalogue: dict[str, Any]) -> Iterator[str]:
    """Assets of which nobody has said what becomes of them."""
    named = [asset["address"] for asset in catalogue["assets"] if asset["do"] is None and not asset.get("not_carried")]
    if open_ := sorted({*named, *catalogue["undecided"]}):
        yield f"{len(open_)} assets are undecided: {', '.join(open_[:5])}"


def record_faults(run: DisposalRun, stage: str, name: str, about: str | None = None) -> Iterator[str]:
    """Whether a record is there, held, and is about the newest of another name in its stage.

    Args:
        run: the disposal.
        stage: folder of the record in the retirement's dossier.
        name: name of the record.
        about: name of the record in the same stage that it has to be about.
    """
    record = run.retired.dossier.latest(stage, name)
    if record is None:
        yield f"{stage}: no record of {name!r}"
        return
    if record.get("differences") or record.get("failures") or record.get("success") is False:
        yield f"{stage}: {name} did not hold"
    if about and record.get("about") != record_digest(run.retired, stage, about):
        yield f"{stage}: {name} is about an earlier {about}"


def archive_faults(run: DisposalRun, conn_id: str | None) -> Iterator[str]:
    """Whether the bag is where it was packed, whole to the last byte, and the one that the run packed."""
    receipt = run.retired.dossier.latest("archive", "receipt")
    if receipt is None:
        yield "the run packed no archive"
        return
    bag = bag_of(run.retired, conn_id)
    try:
        problems = [*map(str, verify(bag).problems)]
        if bag.sha256("manifest-sha256.txt") != receipt["manifest_sha256"]:
            problems.append("it is not the one that the run packed")
    except Refusal as error:
        problems = [str(error)]
    if problems:
        yield f"the archive does not hold: {' | '.join(problems[:5])}"


def archived_copies(run: DisposalRun) -> Iterator[Remnant]:
    """The bag, as its receipt names it."""
    if run.folder in packed(run.product_store):
        receipt = run.retired.evidence("archive", "receipt")
        what = f"the archive is kept until {run.own.spec.timeline.retain_until}, by intent."
        yield Remnant("archive", receipt["uri"], what, holds_data=True)
