"""What the records of a run say of themselves, in a few words each."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sunset_console.records import Result, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sunset.dossier.store import Store
    from sunset_console.stages import Document, Stage

Tone = Literal["good", "bad", "note"]
_READERS = 8
_LARGEST = 2**18
_TONES: dict[str, Tone] = {"error": "bad", "warning": "note", "info": "note"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A few words, and whether they are good news."""

    words: str
    tone: Tone


def results(store: Store, stages: Iterable[Stage]) -> dict[str, tuple[Fact, ...]]:
    """What the newest records say of themselves, by path; records that are too large to be looked at are left out."""
    paths = [document.path for stage in stages for document in _records(stage) if document.size <= _LARGEST]
    with ThreadPoolExecutor(_READERS) as readers:
        read = zip(paths, readers.map(store.read, paths), strict=True)
        return {path: tuple(facts(data)) for path, data in read}


def facts(data: bytes) -> Iterator[Fact]:
    """What one record says of itself."""
    result = parse(data, Result)
    if result is None:
        yield Fact("cannot be read", "bad")
        return
    if result.clean is not None:
        yield Fact("clean", "good") if result.clean else Fact("not clean", "bad")
    if result.success is not None:
        yield Fact("passed", "good") if result.success else Fact("failed", "bad")
    if "differences" in result.model_fields_set:
        yield _none_or_many("difference", len(result.differences))
    if result.failures:
        yield _none_or_many("failure", len(result.failures))
    for severity, count in sorted(Counter(str(finding.get("severity")) for finding in result.findings).items()):
        yield Fact(f"{count} × {severity}", _TONES.get(severity, "note"))
    yield from _figures(result)


def _figures(result: Result) -> Iterator[Fact]:
    figures = {name: value for name, value in result.statistics.items() if isinstance(value, int)}
    if "tables" in figures:
        yield Fact(f"{figures.get('checksums_equal', 0):,} of {figures['tables']:,} checksums equal", "note")
    if "files" in figures:
        yield Fact(f"{figures.get('files_equal', 0):,} of {figures['files']:,} files equal", "note")
    if "evaluated" in figures:
        yield Fact(f"{figures.get('passed', 0):,} of {figures['evaluated']:,} checks passed", "note")


def _none_or_many(noun: str, count: int) -> Fact:
    if count == 0:
        return Fact(f"no {noun}s", "good")
    return Fact(f"{count:,} {noun}{'s' if count > 1 else ''}", "bad")


def _records(stage: Stage) -> Iterator[Document]:
    return (document for exhibit in stage.exhibits for document in exhibit.documents if document.label == "record")
