"""The runs of a product: those that left a dossier, and those that Airflow knows of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sunset_console.records import Decision, Verdict, latest
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sunset.dossier.dossier import Dossier
    from sunset_console.metadata import RunState

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)[-:](\d\d)[-:](\d\d)")


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a list.

    Attributes:
        folder: name of its folder on the shelf.
        run_id: Airflow's id; the folder's name where Airflow no longer knows the run.
        at: when it started, as far as known.
        state: its state in Airflow; empty where Airflow no longer knows it.
        has_dossier: whether it left evidence.
    """

    folder: str
    run_id: str
    at: datetime | None
    state: str
    has_dossier: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run began and what came of it; None where nothing is on record, or nothing that can be read."""

    decision: Decision | None
    verdict: Verdict | None


def merge(dossiers: Iterable[str], known: Sequence[RunState]) -> tuple[RunLine, ...]:
    """The runs of both sides, newest first.

    Args:
        dossiers: names of the folders of all dossiers.
        known: the runs that Airflow knows of.
    """
    states = {run_folder(state.run_id): state for state in known}
    kept = frozenset(dossiers)
    lines = [_line(folder, states.get(folder), folder in kept) for folder in {*kept, *states}]
    return tuple(
        sorted(lines, key=lambda line: (line.at or datetime.min.replace(tzinfo=UTC), line.folder), reverse=True)
    )


def outcome(dossier: Dossier) -> Outcome:
    """What the dossier of a run says of its beginning and its end."""
    return Outcome(latest(dossier, "decide", "decision", Decision), latest(dossier, "close", "verdict", Verdict))


def _line(folder: str, state: RunState | None, has_dossier: bool) -> RunLine:
    if state is None:
        return RunLine(folder, folder, _instant(folder), "", has_dossier)
    return RunLine(folder, state.run_id, state.at, state.state, has_dossier)


def _instant(folder: str) -> datetime | None:
    """The instant in the id that Airflow gives its runs."""
    match = _INSTANT.search(folder)
    try:
        return datetime.fromisoformat("{}T{}:{}:{}+00:00".format(*match.groups())) if match else None
    except ValueError:
        return None
