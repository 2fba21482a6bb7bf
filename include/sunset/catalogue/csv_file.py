"""The catalogue as a table for spreadsheets, in which no name from the data can become a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from sunset.catalogue.coverage import outcome

COLUMNS = (
    *("source", "location", "kind", "schema", "name", "rows", "bytes", "files", "owner", "last_write", "last_read"),
    *("importance", "importance_because", "sensitivity", "sensitive_because", "findings", "obsolete", "suggestion"),
    *("disposition", "decided", "by", "on", "because", "comment"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table in UTF-8 with a mark at its start, by which spreadsheets know it."""
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        print_csv(file, columns, rows)


def print_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the lines of a table."""
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)


def guarded(cell: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe, which shows it as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def rows_of(record: Mapping[str, Any]) -> Iterator[list[object]]:
    """One row an asset of a source's catalogue, in the order of `COLUMNS`."""
    for asset in record["assets"]:
        sensitivity = asset["sensitivity"]
        yield [
            *(record["source"], record["place"], asset["kind"], asset["namespace"], asset["name"]),
            *(asset["rows"], asset["bytes"], asset.get("files"), asset["owner"], asset["last_write"]),
            *(asset["last_read"], asset["importance"], "; ".join(asset["importance_because"])),
            ", ".join(sensitivity["classes"]) if sensitivity else "",
            "; ".join(map(reason_in_words, sensitivity["reasons"])) if sensitivity else "",
            "; ".join(remark["message"] for remark in asset["remarks"]),
            *("; ".join(asset["obsolete"]), asset["suggestion"]),
            *(asset["do"] or outcome(asset), outcome(asset), asset["by"], asset["on"], asset["because"]),
            asset["comment"],
        ]


def reason_in_words(reason: Mapping[str, Any]) -> str:
    """Why something is sensitive: `email: e-mail address by content, 98 % of 200`."""
    share = f", {100 * reason['share']:.3g} % of {reason['looked_at']}" if reason["share"] is not None else ""
    return f"{reason['where']}: {reason['kind']} by {reason['by']}{share}"
