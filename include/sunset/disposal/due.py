"""Which disposals fall due: sources and archives whose day has come, or comes soon, and that nobody has destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sunset.archive.holds import standing
from sunset.disposal.certificates import ARCHIVE, certified
from sunset.dossier.dossier import Dossier
from sunset.dossier.runs import runs_with

if TYPE_CHECKING:
    from sunset.dossier.store import Store
    from sunset.spec import Spec

SOON = timedelta(days=30)

State = Literal["due", "soon", "held"]


@dataclass(frozen=True, slots=True)
class Due:
    """One disposal that falls due.

    Attributes:
        run: folder of the retirement.
        subject: name of a source, or `archive`.
        day: the first day on which it may be destroyed, as an ISO date.
        state: `due` from that day on, `soon` in the thirty days before, `held` where a hold stands against it.
    """

    run: str
    subject: str
    day: str
    state: State

    def __str__(self) -> str:
        words = {"due": "may be destroyed since", "soon": "may be destroyed from", "held": "is kept by a hold; due"}
        return f"{self.subject} of {self.run} {words[self.state]} {self.day}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def due(spec: Spec, product: Store, today: date) -> tuple[Due, ...]:
    """Every disposal of a product that falls due.

    Raises:
        Deviation: the record of the holds was tampered with.
    """
    held = bool(spec.disposal.hold or standing(product))
    return tuple(each for run in _retired(product) for each in _of_run(spec, product, run, today, held=held))


def _retired(product: Store) -> Iterator[str]:
    for run in runs_with(product, "cut_over/cutover"):
        verdict = Dossier(product.child(run)).latest("close", "verdict")
        if verdict and verdict["held"]:
            yield run


def _of_run(spec: Spec, product: Store, run: str, today: date, *, held: bool) -> Iterator[Due]:
    decision = Dossier(product.child(run)).latest("decide", "decision") or {}
    apis = {source.name for source in spec.sources.apis}
    sources = [name for name in decision.get("sources", ()) if name not in apis]
    days = {name: spec.disposal.sources_from for name in sources}
    days[ARCHIVE] = spec.timeline.retain_until + timedelta(days=1)
    for subject, day in days.items():
        if day and today >= day - SOON and certified(product, run, subject) is None:
            yield Due(run, subject, day.isoformat(), "held" if held else "due" if today >= day else "soon")
