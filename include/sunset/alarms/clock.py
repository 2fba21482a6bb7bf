"""Alarms that come by the clock: a date at risk, a rehearsal that did not come, a retention that ends, a standstill.

Whoever has a clock asks `due_alarms` now and then; nothing here is written or sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sunset.alarms.alarm import Alarm, AlarmKind
from sunset.dossier.dossier import Dossier
from sunset.dossier.progress import PROGRESS, read_progress
from sunset.dossier.rounds import clean_streak, history
from sunset.dossier.runs import folders, runs_with
from sunset.rehearsal.durations import window_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from sunset.dossier.store import Store
    from sunset.spec import Spec


def due_alarms(spec: Spec, product: Store, now: datetime) -> tuple[Alarm, ...]:
    """All alarms of a product that are due.

    Args:
        spec: the product's spec.
        product: the folder of its dossiers.
        now: an instant with a time zone.

    Raises:
        Deviation: the history of rehearsals was tampered with.
        Unavailable: the store does not answer.
    """
    checks: tuple[Callable[[Spec, Store, datetime], Iterator[Alarm]], ...] = (
        _before_the_freeze,
        _before_the_cutover,
        _overdue,
        _retention,
        _stalled,
    )
    return tuple(alarm for check in checks for alarm in check(spec, product, now))


def _before_the_freeze(spec: Spec, product: Store, now: datetime) -> Iterator[Alarm]:
    """Rounds that are still missing when the freeze comes near."""
    margin, freeze = spec.alarms.deadline_margin, spec.timeline.freeze
    if margin is None or now < freeze - margin or runs_with(product, "cut_over/cutover"):
        return
    wanted = spec.rehearsal.clean_rounds_required
    streak = clean_streak(history(product), spec.digest, spec.source_names)
    if streak < wanted:
        message = f"{streak} of {wanted} clean rounds in a row are there, and the freeze is at {freeze.isoformat()}."
        remedy = "Rehearse until enough rounds are clean, or move the dates in the spec."
        yield _alarm(spec, "deadline", f"freeze {freeze.date()}", message, remedy)


def _before_the_cutover(spec: Spec, product: Store, now: datetime) -> Iterator[Alarm]:
    """What is left of the window is less than the last rehearsal took for what has to be done in it."""
    cutover = spec.timeline.cutover
    if spec.alarms.deadline_margin is None or runs_with(product, "cut_over/cutover"):
        return
    rounds = [made for made in history(product) if made.clean]
    left = cutover - max(now, spec.timeline.freeze)
    needed = timedelta(seconds=window_seconds(rounds[-1].seconds)) if rounds else timedelta(0)
    if left <= needed:
        message = f"the migration takes about {_hours(needed)}, and {_hours(max(left, timedelta(0)))} are left for it."
        remedy = "Give it a longer window in the spec, or more connections, or less to carry."
        yield _alarm(spec, "deadline", f"cutover {cutover.date()}", message, remedy)


def _overdue(spec: Spec, product: Store, now: datetime) -> Iterator[Alarm]:
    """Two times of the schedule have passed since the last round."""
    rounds = history(product)
    if not (spec.rehearsal.schedule and spec.rehearsal.mode == "rehearse" and rounds):
        return
    from zoneinfo import ZoneInfo

    from croniter import croniter  # type: ignore[import-untyped]

    last = datetime.fromisoformat(rounds[-1].recorded_at)
    times = croniter(spec.rehearsal.schedule, last.astimezone(ZoneInfo(spec.rehearsal.timezone)))
    times.get_next(datetime)
    if times.get_next(datetime) < now and not runs_with(product, "cut_over/cutover"):
        message = f"round {rounds[-1].number} of {rounds[-1].recorded_at} is the last one; two were due since."
        remedy = "Look whether the DAG is paused, or a run hangs."
        yield _alarm(spec, "rehearsal_overdue", f"after round {rounds[-1].number}", message, remedy)


def _retention(spec: Spec, product: Store, now: datetime) -> Iterator[Alarm]:
    """An archive that need not be kept any longer, or not for much longer."""
    end = datetime.combine(spec.timeline.retain_until, datetime.min.time(), UTC)
    if now < end - (spec.alarms.deadline_margin or timedelta(0)):
        return
    for run in runs_with(product, "archive/receipt"):
        message = f"the archive of run {run} has to be kept until {spec.timeline.retain_until}."
        yield _alarm(spec, "retention_due", run, message, "Decide whether it is kept longer or destroyed.")


def _stalled(spec: Spec, product: Store, now: datetime) -> Iterator[Alarm]:
    """Copies that have told nothing for long and have no end: their worker may be gone, and so its own watch."""
    after, progress = spec.alarms.stalled_after, product.child(PROGRESS)
    if after is None:
        return
    for run in folders(progress):
        dossier = Dossier(product.child(run))
        decision = dossier.latest("decide", "decision")
        if decision is None or dossier.latest("close", "verdict") is not None:
            continue
        for name, state in read_progress(progress.child(run)).items():
            quiet = now - datetime.fromisoformat(state["at"])
            if quiet > after and state["bytes"] < state["total_bytes"]:
                yield stalled(spec, decision["run_id"], name, quiet)


def stalled(spec: Spec, run_id: str, name: str, quiet: timedelta) -> Alarm:
    """The alarm for one transfer of a run that stands still.

    Args:
        spec: the product's spec.
        run_id: the Airflow run.
        name: stage and name of what is copied.
        quiet: how long nothing has moved.
    """
    message = f"nothing has moved for {quiet.total_seconds() / 60:.0f} minutes."
    remedy = "Look into the task's log, at locks on both servers and at the network; clearing the task resumes it."
    return _alarm(spec, "stalled", name, message, remedy, run_id)


def _alarm(spec: Spec, kind: AlarmKind, subject: str, message: str, remedy: str, run_id: str = "") -> Alarm:
    return Alarm(product=spec.product, kind=kind, subject=subject, message=message, remedy=remedy, run_id=run_id)


def _hours(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
