"""Validates a copied tree: every object read back, and Great Expectations over counts, bytes and digests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sunset.files.entries import read_sent, write_lines
from sunset.files.limits import Limits
from sunset.files.places import Target
from sunset.files.proof import content_differences, read_back
from sunset.files.tally import Tallies, Tally, tally
from sunset.validation.expectations import Outcome, evaluate_frames
from sunset.validation.frames import Cell, Frame
from sunset.validation.pages import REPORT, write_page

SHOWN = 1000
"""Differences that a record names; all of them are counted."""


@dataclass(frozen=True, slots=True)
class FilesResult:
    """The verdict and what it rests on.

    Attributes:
        source: what was sent.
        target: what the target gives back.
        differing: number of files that are missing, unexpected or not the same.
        differences: the first of them, one line each.
        outcome: what Great Expectations says.
    """

    source: Tally
    target: Tally
    differing: int
    differences: tuple[str, ...]
    outcome: Outcome

    @property
    def success(self) -> bool:
        return not (self.differing or self.outcome.failures) and self.source == self.target

    @property
    def equal(self) -> int:
        """Files of the source that the target gives back byte for byte."""
        return self.source.files - min(self.differing, self.source.files)

    @property
    def more(self) -> int:
        """Files that differ and are counted only."""
        return self.differing - len(self.differences)

    def to_json(self) -> dict[str, Any]:
        more = [f"and {self.more} more files"] if self.more else []
        return {
            "success": self.success,
            "differences": [*self.differences, *more],
            "failures": [asdict(failure) for failure in self.outcome.failures],
            "source": self.source.to_json(),
            "target": self.target.to_json(),
            "statistics": {
                "evaluated": self.outcome.evaluated,
                "passed": self.outcome.passed,
                "files": self.source.files,
                "files_equal": self.equal,
                "bytes": self.source.bytes,
            },
        }


def validate(name: str, manifest: Path, target: Target, limits: Limits, folder: Path) -> FilesResult:
    """Compare a target with the manifest of what was sent there.

    Args:
        name: name of the source.
        manifest: local manifest.
        target: where the files are.
        limits: bounds on the load.
        folder: local folder; gets `found.jsonl`, what the target gave back, `validation.html` and `data_docs/`.

    Raises:
        Unavailable: the target did not answer.
        Refusal: the target refuses to be read.
    """
    found = folder / "found.jsonl"
    write_lines(found, read_back(target, limits))
    sent, there = tally(read_sent(manifest)), tally(read_sent(found))
    lines = content_differences(read_sent(manifest), read_sent(found))
    first = tuple(islice(lines, SHOWN))
    differing = len(first) + sum(1 for _ in lines)
    outcome = evaluate_frames(name, [_totals(sent, there), *_chunks(sent, there)], folder / "data_docs")
    result = FilesResult(sent.whole, there.whole, differing, first, outcome)
    write_page(folder / REPORT, "files.html.j2", name=name, place=target.place, result=result)
    return result


def _totals(sent: Tallies, there: Tallies) -> Frame:
    lines = tuple(zip(("files", "bytes", "content"), _cells(sent.whole), _cells(there.whole), strict=True))
    return Frame("totals", ("measure", "source", "target"), (("source", "target"),), lines, len(lines))


def _chunks(sent: Tallies, there: Tallies) -> Iterator[Frame]:
    """Files by the first digits of the digest of their path; none where there are no files."""
    names = sorted(sent.chunks.keys() | there.chunks.keys())
    if names:
        columns = ("chunk", "source_files", "source_bytes", "source_content")
        others = ("target_files", "target_bytes", "target_content")
        lines = tuple((name, *_cells(sent.chunks.get(name)), *_cells(there.chunks.get(name))) for name in names)
        pairs = tuple(zip(columns[1:], others, strict=True))
        yield Frame("chunks", (*columns, *others), pairs, lines, len(sent.chunks))


def _cells(side: Tally | None) -> tuple[Cell, Cell, Cell]:
    return (str(side.files), str(side.bytes), side.digest) if side else (None, None, None)
