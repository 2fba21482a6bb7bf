"""Discover, assess and freeze a file source: what is there, what would stop the copy, and that it stands still."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sunset.catalogue.csv_file import write_csv
from sunset.dossier.hashing import blocks, sha256
from sunset.dossier.names import shown
from sunset.engine import Finding
from sunset.errors import Refusal, Unavailable
from sunset.files.catalogue import Census, Chooser
from sunset.files.comparing import listing_differences, side_by_side
from sunset.files.contents import Sampler, look
from sunset.files.duplicates import find_duplicates
from sunset.files.entries import read_entries, write_lines
from sunset.files.groups import Known
from sunset.files.inventory import COLUMNS, inventory
from sunset.files.journal import Journal
from sunset_operators.assess import archive_out_of_reach, record_findings
from sunset_operators.days import today
from sunset_operators.decide import require_open_window
from sunset_operators.evidence import require_before
from sunset_operators.file_base import FileOperator, add_lines, fetch_lines, work_folder

if TYPE_CHECKING:
    from pathlib import Path

    from airflow.sdk import Context

    from sunset.files.places import Target
    from sunset_operators.stage_run import StageRun

_NAMED = 20
INVENTORY = "inventory"


class DiscoverFiles(FileOperator):
    """List the whole tree, look into some of it, and write a catalogue of what is there and what becomes of it."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name, origin, sampler = self.source.name, self.places.origin(), Sampler()
        with work_folder() as folder:
            listing = add_lines(run, "discover", f"{name}-listing", sampler.watch(origin.entries()), folder)
            sensitivity = look(origin, sampler)
            duplicates = find_duplicates(origin, read_entries(listing))
            known = Known(today(), {group: each.classes for group, each in sensitivity.items()})
            census = Census(Chooser(name, self.spec.dispositions, known), sensitivity)
            rows = inventory(census, origin.place, read_entries(listing))
            (folder / INVENTORY).mkdir()
            write_csv(folder / INVENTORY / "files.csv", COLUMNS, rows)
            run.dossier.add_tree("discover", f"{name}-{INVENTORY}", folder / INVENTORY)
        record = {**census.to_json(), "place": origin.place, "duplicates": duplicates.to_json()}
        reference = run.dossier.record("discover", name, record)
        counts = {"files": census.files, "bytes": census.bytes, "undecided": census.open}
        return {**reference.to_json(), **counts, **census.listed}


class AssessFiles(FileOperator):
    """Run the preflight of a file source; a finding of severity error stops the run here.

    :param archive_conn_id: connection of the archive's store (templated).
    """

    template_fields: Sequence[str] = ("conn_ids", "archive_conn_id")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.archive_conn_id = self.spec.archive.conn_id

    def carry_out(self, run: StageRun, context: Context) -> Any:
        target = self.places.target()
        with work_folder() as folder:
            listing = fetch_lines(run, "discover", f"{self.source.name}-listing", folder)
            findings = (
                *self.target_in_use(run, target),
                *self.sandbox_out_of_reach(run),
                *self.places_overlap(run, target),
                *self.names(listing, target, self.chooser(run)),
                *self.left_behind(listing),
                *archive_out_of_reach(run, self.archive_conn_id),
            )
        return record_findings(run, self.source.name, findings)

    def target_in_use(self, run: StageRun, target: Target) -> Iterator[Finding]:
        """A target is reached, and holds nothing but what this source brought."""
        try:
            first = next(iter(target.stored()), None)
        except Refusal as error:
            yield Finding("error", "file_target", error.where, error.what, error.remedy)
            return
        if first and not Journal.of(run.product_store, self.source.name, target).claimed:
            message = "the target holds it, and no run of this source brought it there."
            yield Finding("error", "file_target_used", shown(first.path), message, "Give an empty folder or prefix.")

    def sandbox_out_of_reach(self, run: StageRun) -> Iterator[Finding]:
        """A dry run writes nothing, so it only looks."""
        if not run.reaches("rehearse"):
            return
        try:
            sandbox = self.places.sandbox(run)
            sandbox.prove_writable()
            sandbox.remove()
        except Refusal as error:
            yield Finding("error", "file_sandbox", error.where, error.what, error.remedy)

    def places_overlap(self, run: StageRun, target: Target) -> Iterator[Finding]:
        """No place of the product lies within the target, and it lies within none: a copy would meet itself."""
        here = target.place.rstrip("/") + "/"
        taken = [self.places.origin().place, self.places.sandbox(run).place]
        taken += [other.to.path for other in self.spec.sources.files if other.name != self.source.name]
        for place in taken:
            there = place.rstrip("/") + "/"
            if here.startswith(there) or there.startswith(here):
                message = "lies within the target, or the target within it."
                yield Finding("error", "file_places", shown(place), message, "Give each its own folder.")

    def names(self, listing: Path, target: Target, chooser: Chooser) -> Iterator[Finding]:
        """Names that the target cannot keep as they are."""
        objections = (
            (entry.path, objection)
            for entry in read_entries(listing)
            if entry.kind == "file" and chooser.choose(entry).do == "migrate"
            if (objection := target.objection(entry.path))
        )
        for path, objection in islice(objections, _NAMED):
            message = f"the target cannot keep this name: {objection}."
            yield Finding("error", "file_name", shown(path), message, "Rename it, or leave it out by a rule.")
        if more := sum(1 for _ in objections):
            yield Finding("error", "file_name", "names", f"{more} more files have such names.", "")

    def left_behind(self, listing: Path) -> Iterator[Finding]:
        """What is listed and not carried."""
        counts = Counter(entry.kind for entry in read_entries(listing))
        for kind in ("link", "special"):
            if counts[kind]:
                message = f"{counts[kind]} stay behind: they are listed, and never followed or read."
                yield Finding("info", "file_left", f"{kind} files", message)
        closed = (entry.path for entry in read_entries(listing) if entry.kind == "unreadable")
        for path in islice(closed, _NAMED):
            remedy = "Let the connection's user list it."
            yield Finding("error", "file_unreadable", shown(path), "this folder cannot be listed.", remedy)


class FreezeFiles(FileOperator):
    """List the tree again, and once more after a while: it stands still, and what came since is to be carried too."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "freeze")
        require_open_window(self.spec)
        name, census = self.source.name, Census(self.chooser(run))
        with work_folder() as folder:
            listing, again = folder / "first", folder / "second"
            write_lines(listing, self.places.origin().entries())
            time.sleep(self.source.settle.total_seconds())
            write_lines(again, self.places.origin().entries())
            self.require_still(listing, again)
            kept = add_lines(run, "freeze", f"{name}-listing", census.watch(read_entries(again)), folder)
            before = fetch_lines(run, "discover", f"{name}-listing", folder)
            record = {
                "source": name,
                "position": sha256(blocks(kept)),
                "ended_sessions": 0,
                "files": census.files,
                "bytes": census.bytes,
                "since_discovery": _delta(before, kept),
            }
        return run.dossier.record("freeze", name, record).to_json()

    def require_still(self, listing: Path, again: Path) -> None:
        """Nothing came, went or changed between two listings.

        Raises:
            Unavailable: names what did.
        """
        lines = tuple(islice(listing_differences(read_entries(listing), read_entries(again)), _NAMED))
        if lines:
            raise Unavailable(
                f"is still written to: {' | '.join(lines)}.",
                where=f"source {self.source.name!r}",
                remedy="Stop whoever writes there; nothing else makes a file tree read-only.",
            )


def _delta(before: Path, now: Path) -> dict[str, int]:
    counted: Counter[str] = Counter(new=0, changed=0, gone=0)
    for old, new in side_by_side(read_entries(before), read_entries(now)):
        if old != new:
            counted["new" if old is None else "gone" if new is None else "changed"] += 1
    return dict(counted)
