"""Copies a slice of a tree: several files at once, faults of single files collected, what is right already left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice

from sunset.errors import SunsetError
from sunset.files.entries import Entry, Sent, order
from sunset.files.limits import Limits, Throttle
from sunset.files.places import FileFault, Source, Target
from sunset.files.transfer import Carrier

REPORT_SECONDS = 10.0
KEEP_SECONDS = 2.0
_QUEUED = 4

Known = Mapping[tuple[str, str], Sent]
"""What earlier tries and runs sent, by path and identity."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a slice.

    Attributes:
        sent: every file that lies on the target now, sorted.
        kept: how many of them lay there before, proved by what is on record.
        bytes: bytes that were sent now.
        faults: the files that could not be carried.
        folders: empty folders that the target does not have and cannot have.
        seconds: how long it took.
    """

    sent: tuple[Sent, ...]
    kept: int
    bytes: int
    faults: tuple[FileFault, ...]
    folders: int
    seconds: float


@dataclass(slots=True)
class Copy:
    """One copy of a slice.

    Attributes:
        source: where from.
        target: where to.
        limits: bounds on the load.
        known: files on record.
        keep: is given what was sent every few seconds, so that a kill loses little.
        report: is given a line of progress at most every ten seconds, and one at the end.
    """

    source: Source
    target: Target
    limits: Limits
    known: Known
    keep: Callable[[Sequence[Sent]], None]
    report: Callable[[str], None]
    _unkept: list[Sent] = field(default_factory=list)

    def run(self, entries: Sequence[Entry]) -> Outcome:
        """Copy the files among the entries; make the empty folders.

        Raises:
            Unavailable: a side went away; what was sent until then is kept.
            Refusal: a side will not have it.
        """
        started, files = time.monotonic(), [entry for entry in entries if entry.kind == "file"]
        folders = [entry for entry in entries if entry.kind == "folder"]
        right = self._right_already(files)
        missing = [entry for entry in files if entry.path not in right]
        sent: list[Sent] = list(right.values())
        faults: list[FileFault] = []
        told = kept = started
        total = sum(entry.size for entry in missing)
        try:
            for result in self._carried(missing):
                if isinstance(result, FileFault):
                    faults.append(result)
                else:
                    sent.append(result)
                    self._unkept.append(result)
                now = time.monotonic()
                if now - kept > KEEP_SECONDS:
                    self._flush()
                    kept = now
                if now - told > REPORT_SECONDS:
                    self._tell(sent, right, faults, now - started, total)
                    told = now
        finally:
            self._flush()
        seconds = time.monotonic() - started
        self._tell(sent, right, faults, seconds, total)
        return Outcome(
            sent=tuple(sorted(sent, key=lambda each: order(each.path))),
            kept=len(right),
            bytes=sum(each.size for each in sent) - sum(each.size for each in right.values()),
            faults=tuple(sorted(faults, key=lambda each: order(each.path))),
            folders=sum(not self.target.make_folder(entry.path) for entry in folders),
            seconds=round(seconds, 3),
        )

    def _right_already(self, files: Sequence[Entry]) -> dict[str, Sent]:
        """Files that are on record as sent from this very version, and whose object is still the one on record."""
        if not self.known or not files:
            return {}
        here = {each.path: each.identity for each in self.target.stored(files[0].path, files[-1].path)}
        found = {entry.path: self.known.get((entry.path, here.get(entry.path, ""))) for entry in files}
        versions = {entry.path: entry.version for entry in files}
        return {path: sent for path, sent in found.items() if sent and sent.version == versions[path]}

    def _carried(self, entries: Iterable[Entry]) -> Iterator[Sent | FileFault]:
        """Carry files over several connections, a few ahead of what is asked for."""
        waiting, throttle, own = iter(entries), Throttle(self.limits.bytes_per_second), threading.local()
        carriers: list[Carrier] = []

        def carry(entry: Entry) -> Sent | FileFault:
            if not hasattr(own, "carrier"):
                own.carrier = Carrier(self.source, self.target, self.limits, throttle)
                carriers.append(own.carrier)
            try:
                return own.carrier.carry(entry.path)  # type: ignore[no-any-return]
            except FileFault as fault:
                return fault

        workers = ThreadPoolExecutor(self.limits.parallel)
        running: set[Future[Sent | FileFault]] = set()
        try:
            while True:
                room = self.limits.parallel * _QUEUED - len(running)
                running |= {workers.submit(carry, entry) for entry in islice(waiting, room)}
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            workers.shutdown(cancel_futures=True)
            for carrier in carriers:
                carrier.close()

    def _flush(self) -> None:
        if self._unkept:
            self.keep(self._unkept)
            self._unkept = []

    def _tell(
        self, sent: Sequence[Sent], right: Mapping[str, Sent], faults: Sequence[SunsetError], seconds: float, total: int
    ) -> None:
        size = sum(each.size for each in sent) - sum(each.size for each in right.values())
        rate = size / seconds if seconds else 0.0
        left = (total - size) / rate if rate else 0.0
        self.report(
            f"{len(sent) - len(right):,} files sent, {len(right):,} right already, {len(faults):,} not carried, "
            f"{size / 2**20:,.1f} of {total / 2**20:,.1f} MiB, {rate / 2**20:,.1f} MiB/s, about {left:,.0f} s left"
        )
