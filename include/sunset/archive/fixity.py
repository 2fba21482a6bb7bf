"""Fixity of the bags of a product: every byte read again from time to time, and the outcome kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sunset.dossier.dossier import Dossier
from sunset.dossier.runs import runs_with
from sunset.dossier.verify import verify
from sunset.errors import Refusal

if TYPE_CHECKING:
    from sunset.dossier.store import Store

WATCH = "watch"
"""The folder beside a product's runs that holds what `sunset_watch` found."""

_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Fixity:
    """One look at one bag.

    Attributes:
        run: folder of the run that packed it.
        uri: where it lies.
        problems: one line for each file that does not hold; nothing where all do.
        files: number of files read.
    """

    run: str
    uri: str
    problems: tuple[str, ...]
    files: int

    def to_json(self, today: date) -> dict[str, Any]:
        shown = list(self.problems[:_SHOWN])
        return {"run": self.run, "uri": self.uri, "on": today.isoformat(), "files": self.files, "differences": shown}


def packed(product: Store) -> tuple[str, ...]:
    """Folders of the runs that packed a bag."""
    return runs_with(product, "archive/receipt")


def is_due(product: Store, run: str, every: timedelta, today: date) -> bool:
    """Whether a bag was not read for that long, or did not hold when it was."""
    last = Dossier(product.child(WATCH)).latest("fixity", run)
    return last is None or bool(last["differences"]) or today - date.fromisoformat(last["on"]) >= every


def check(product: Store, run: str, bag: Store, today: date) -> Fixity:
    """Read every byte of a bag, hold it against its manifests and its receipt, and record the outcome."""
    found = Fixity(run, bag.uri, tuple(_problems(product, run, bag)), len(bag.scan()))
    Dossier(product.child(WATCH)).record("fixity", run, found.to_json(today))
    return found


def _problems(product: Store, run: str, bag: Store) -> Iterator[str]:
    receipt = Dossier(product.child(run)).latest("archive", "receipt") or {}
    try:
        yield from map(str, verify(bag).problems)
        if bag.sha256("manifest-sha256.txt") != receipt.get("manifest_sha256"):
            yield "manifest-sha256.txt: is not the one that the run's receipt names."
    except Refusal as error:
        yield str(error)
