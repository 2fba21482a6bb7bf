"""The copy of one file tree in three steps: plan its slices, copy them, write the manifest.

The same three operators serve rehearsal and migration; the destination says what is copied and where to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sunset.dossier.names import shown
from sunset.errors import Deviation, Refusal, Unavailable
from sunset.files.comparing import manifest_differences, side_by_side
from sunset.files.copying import Copy, Outcome
from sunset.files.entries import Entry, read_entries, read_sent
from sunset.files.journal import Journal
from sunset.files.planning import Slice, cost, slices
from sunset.files.tally import tally
from sunset_operators.evidence import require_before
from sunset_operators.file_base import FileOperator, add_lines, fetch_lines, work_folder
from sunset_operators.stage_run import run_folder
from sunset_operators.told import standstill

if TYPE_CHECKING:
    from pathlib import Path

    from airflow.sdk import Context

    from sunset.files.places import Target
    from sunset_operators.file_destination import FileDestination
    from sunset_operators.stage_run import StageRun

_SHOWN = 1000


class FileCopyOperator(FileOperator):
    """A step of a copy to a destination."""

    def __init__(self, *, destination: FileDestination, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.destination = destination

    @property
    def stage(self) -> str:
        return self.destination.stage

    def target(self, run: StageRun) -> Target:
        """Where this copy goes."""
        return self.destination.target(self.places, run)

    def journal(self, run: StageRun) -> Journal:
        """What was sent there so far."""
        return Journal.of(run.product_store, self.source.name, self.target(run))


class PrepareFiles(FileCopyOperator):
    """Take the target for this source, and cut the listing into slices.

    Returns one entry a copy task: the number of its slice and what the task is called.
    """

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.stage)
        name, target = self.source.name, self.target(run)
        with work_folder() as folder:
            listing = fetch_lines(run, self.destination.listed, f"{name}-listing", folder)
            chosen = self.destination.chosen(listing, self.chooser(run))
            files = add_lines(run, self.stage, f"{name}-files", chosen, folder)
            self.journal(run).claim(target, run.run_id)
            require_none_besides(files, target)
            packs = slices(read_entries(files), sum(cost(entry) for entry in read_entries(files)))
        plan = {"source": name, "target": target.place, "slices": [pack.to_json() for pack in packs]}
        run.dossier.record(self.stage, f"{name}-units", plan)
        return [{"pack": number, "called": pack.label} for number, pack in enumerate(packs)]


class CopyFiles(FileCopyOperator):
    """Copy the files of one slice and record what became of each.

    :param pack: number of the slice in the stage's plan.
    :param called: what the task is called in the UI: names from the data, never rendered.
    """

    def __init__(self, *, pack: int, called: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pack = pack
        self.called = called

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name, journal = self.source.name, self.journal(run)
        part = Slice.from_json(run.evidence(self.stage, f"{name}-units")["slices"][self.pack])
        segment = f"{run_folder(run.run_id)}.{self.pack}"
        watch = standstill(run, self.stage, f"{name}-slice-{self.pack}")

        def report(line: str) -> None:
            watch.moved()
            self.report(line)

        with work_folder() as folder:
            files = fetch_lines(run, self.stage, f"{name}-files", folder)
            copy = Copy(
                source=self.places.origin(),
                target=self.target(run),
                limits=self.places.limits(),
                known=journal.known(part.first, part.last),
                keep=lambda sent: journal.keep(segment, sent),
                report=report,
            )
            with watch.watching():
                outcome = copy.run([entry for entry in read_entries(files) if part.holds(entry)])
            add_lines(run, self.stage, f"{name}-part-{self.pack}", outcome.sent, folder)
        record = {"pack": self.pack, **_counts(outcome), "faults": [_fault(each) for each in outcome.faults]}
        reference = run.dossier.record(self.stage, f"{name}-slice-{self.pack}", record)
        if changed := [str(fault) for fault in outcome.faults if fault.cause == "changed"]:
            raise Unavailable(
                f"{len(changed)} files changed while they were copied: {' | '.join(changed[:5])}",
                where=f"source {name!r}",
                remedy="They are tried again; stop whoever writes to them.",
            )
        return {**reference.to_json(), **_counts(outcome)}


class CompleteFiles(FileCopyOperator):
    """Join the slices to one manifest, hold it against the listing, and remove what broken transfers left."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name, plan = self.source.name, run.evidence(self.stage, f"{self.source.name}-units")
        records = [run.evidence(self.stage, f"{name}-slice-{number}") for number in range(len(plan["slices"]))]
        with work_folder() as folder:
            files = fetch_lines(run, self.stage, f"{name}-files", folder)
            parts = [fetch_lines(run, self.stage, f"{name}-part-{n}", folder) for n in range(len(records))]
            sent = (each for part in parts for each in read_sent(part))
            manifest = add_lines(run, self.stage, f"{name}-manifest", sent, folder)
            failures = self.failures(files, manifest, [fault for record in records for fault in record["faults"]])
            self.journal(run).replace(run_folder(run.run_id), manifest)
            tallies = tally(read_sent(manifest))
        record = {
            "source": name,
            "target": plan["target"],
            **tallies.to_json(),
            "kept": sum(record["kept"] for record in records),
            "folders_not_carried": sum(record["folders_not_carried"] for record in records),
            "leftovers_removed": self.target(run).clean_up(),
            "failures": failures,
        }
        reference = run.dossier.record(self.stage, f"{name}-source-facts", record)
        if failures:
            lines = tuple(f"{each['subject']}: {each['message']}" for each in failures)
            raise Deviation(
                f"{len(lines)} files were not carried: " + " | ".join(lines[:5]),
                where=f"source {name!r}",
                remedy="The others were. Mend what is named, and start a new run.",
                differences=lines,
                record=reference.path,
            )
        return {**reference.to_json(), **tallies.whole.to_json()}

    def failures(self, files: Path, manifest: Path, faults: Sequence[dict[str, str]]) -> list[dict[str, str]]:
        """Files that ought to be in the manifest and are not, in the version listed where the source stands still."""
        excused = {fault["subject"] for fault in faults if self.destination.moving and fault["cause"] == "vanished"}
        named = {fault["subject"] for fault in faults}
        found = [{"subject": each["subject"], "message": each["message"]} for each in faults]
        found = [each for each in found if each["subject"] not in excused]
        lines = _missing(files, manifest) if self.destination.moving else _different(files, manifest)
        others = ({"subject": subject, "message": message} for subject, message in lines if subject not in named)
        return [*found, *islice(others, _SHOWN)]


def require_none_besides(files: Path, target: Target) -> None:
    """The target holds nothing but what is going to be sent there.

    Raises:
        Refusal: names a file that the source does not have, or not any more.
    """
    for entry, stored in side_by_side(_only_files(read_entries(files)), target.stored()):
        if entry is None and stored is not None:
            raise Refusal(
                f"the target holds {shown(stored.path)}, which the source does not have.",
                where=target.place,
                remedy="Look where it comes from, and remove it.",
            )


def _missing(files: Path, manifest: Path) -> Iterator[tuple[str, str]]:
    for entry, sent in side_by_side(_only_files(read_entries(files)), read_sent(manifest)):
        if entry and not sent:
            yield shown(entry.path), "is not in the manifest."


def _different(files: Path, manifest: Path) -> Iterator[tuple[str, str]]:
    for line in manifest_differences(read_entries(files), read_sent(manifest)):
        subject, _, message = line.rpartition(": ")
        yield subject, f"{message}."


def _only_files(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.kind == "file")


def _counts(outcome: Outcome) -> dict[str, Any]:
    return {
        "files": len(outcome.sent),
        "kept": outcome.kept,
        "bytes": outcome.bytes,
        "folders_not_carried": outcome.folders,
        "seconds": outcome.seconds,
    }


def _fault(fault: Any) -> dict[str, str]:
    return {"subject": fault.where, "cause": fault.cause, "message": fault.what}
