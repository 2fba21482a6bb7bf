"""Every file of a tree as a row of a table: the part of the catalogue that is too long for a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sunset.dossier.names import shown
from sunset.files.catalogue import Census, moment
from sunset.files.entries import Entry

COLUMNS = (
    *("source", "location", "kind", "path", "bytes", "last_write", "link", "sensitivity", "disposition", "rule", "by"),
    *("on", "because"),
)


def inventory(census: Census, place: str, entries: Iterable[Entry]) -> Iterator[list[object]]:
    """Rows in the order of `COLUMNS`, as the entries come; the census counts them on the way."""
    source, known = census.chooser.source, census.chooser.known
    for entry in census.watch(entries):
        written = moment(entry.mtime_ns) if entry.mtime_ns else ""
        start = [source, place, entry.kind, shown(entry.path), entry.size, written, shown(entry.link)]
        if entry.kind != "file":
            yield [*start, "", "", "", "", "", ""]
            continue
        decision = census.chooser.choose(entry)
        classes = ", ".join(known.of(entry.path))
        yield [*start, classes, decision.do or "undecided", decision.rule, decision.by, decision.on, decision.because]
