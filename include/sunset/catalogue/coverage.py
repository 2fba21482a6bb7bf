"""The proof that nothing was overlooked: what was found, less what was decided on, is nothing; else it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

Outcome = Literal["by rule", "by person", "not carried", "undecided"]
OUTCOMES: tuple[Outcome, ...] = ("by rule", "by person", "not carried", "undecided")

Record = Mapping[str, Any]
"""The catalogue of one source, as recorded."""


def outcome(asset: Mapping[str, Any]) -> Outcome:
    """Who decided on an asset of a catalogue."""
    if asset["do"]:
        return "by person" if asset.get("by") else "by rule"
    return "not carried" if asset.get("not_carried") else "undecided"


def open_questions(record: Record) -> tuple[str, ...]:
    """What nobody decided on, by name, told from the assets themselves; of files the first ones, and how many more."""
    return tuple(_open_questions(record))


def _open_questions(record: Record) -> Iterator[str]:
    found = [asset for asset in record["assets"] if outcome(asset) == "undecided"]
    if "files" not in record:
        yield from (asset["address"] for asset in found)
        return
    yield from record["undecided"]
    if more := sum(asset["files"] for asset in found) - len(record["undecided"]):
        yield f"{more} more files"


def coverage(records: Mapping[str, Record]) -> dict[str, Any]:
    """How many assets of each source were decided on, and by whom; files are counted one by one.

    Args:
        records: the catalogue of each source.
    """
    sources = {source: _counts(record["assets"]) for source, record in records.items()}
    totals = Counter[str]()
    for counts in sources.values():
        totals.update(counts)
    questions = [f"{source}: {name}" for source, record in records.items() for name in open_questions(record)]
    return {"sources": sources, "totals": {name: totals[name] for name in ("found", *OUTCOMES)}, "undecided": questions}


def _counts(assets: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counted = Counter[str]()
    for asset in assets:
        number = asset.get("files", 1)
        counted.update({"found": number, outcome(asset): number})
    return {name: counted[name] for name in ("found", *OUTCOMES)}
