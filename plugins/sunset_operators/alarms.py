"""Alarms: put into the product's book, and sent on the channels that the spec names."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from sunset.alarms.alarm import Alarm
from sunset.alarms.book import AlarmBook, channel_key
from sunset.alarms.clock import due_alarms
from sunset.errors import Deviation, SunsetError, Unavailable
from sunset_operators.channels import send
from sunset_operators.stage_run import StageRun

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.dossier.store import Store
    from sunset.spec import Spec

_log = logging.getLogger(__name__)


class AlarmNotifier(BaseNotifier):
    """Raises the alarms that a failed task calls for; as `on_failure_callback`.

    :param spec: the product's spec.
    """

    def __init__(self, *, spec: Spec) -> None:
        super().__init__()
        self.spec = spec

    def notify(self, context: Context) -> None:
        """Enter the alarms and send them; what cannot be sent now, `sunset_watch` sends."""
        run = StageRun.of(self.spec, context)
        raise_alarms(self.spec, run.product_store, _of_failure(run, context))


def watch_alarms(spec: Spec, product: Store) -> tuple[Alarm, ...]:
    """Raise what is due by the clock, and send what could not be sent before.

    Args:
        spec: the product's spec.
        product: the folder of its dossiers.

    Returns:
        The alarms that are new.

    Raises:
        Unavailable: a channel did not take them; the alarms are in the book and are sent the next time.
        Deviation: the history of rehearsals was tampered with.
    """
    return raise_alarms(spec, product, due_alarms(spec, product, datetime.now(UTC)))


def raise_alarms(spec: Spec, product: Store, alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Enter alarms into the book, and send all that a channel has not heard of yet.

    Returns:
        The alarms that are new.

    Raises:
        Unavailable: a channel did not take them; they are in the book.
    """
    book = AlarmBook.of(product)
    new = tuple(alarm for alarm in alarms if book.enter(alarm, datetime.now(UTC)))
    for alarm in new:
        _log.warning("ALARM %s", alarm)
    send_untold(spec, book)
    return new


def send_untold(spec: Spec, book: AlarmBook) -> None:
    """Send each alarm on each channel once.

    Raises:
        Unavailable: names the channels that failed, after all others had theirs.
    """
    failed = dict[str, str]()
    for channel in spec.alarms.channels:
        to = channel.to or tuple(spec.people[user].email for user in spec.operators)
        key = channel_key(channel.conn_id, to)
        for entry in book.entries():
            if key in entry.told or channel.conn_id in failed:
                continue
            try:
                send(channel.channel, channel.conn_id, to, entry.alarm.headline, str(entry.alarm))
            except SunsetError as error:
                failed[channel.conn_id] = str(error)
            else:
                book.told(entry, key)
    if failed:
        raise Unavailable(
            f"alarms could not be sent through {', '.join(failed)}: {' | '.join(failed.values())}",
            where=f"{spec.product}: alarms",
            remedy="They are in the book of alarms and are sent with the next one.",
        )


def _of_failure(run: StageRun, context: Context) -> list[Alarm]:
    instance, error = context["ti"], context.get("exception")
    common: dict[str, Any] = {
        "product": run.spec.product,
        "subject": instance.task_id,
        "run_id": run.run_id,
        "remedy": "The task's log says what to do next.",
    }
    # what Sunset raises holds no values of rows; of anything else only the kind is told
    what = error.what if isinstance(error, SunsetError) else f"it ended with {type(error).__name__}."
    alarms = [Alarm(kind="deviation" if isinstance(error, Deviation) else "failed", message=what, **common)]
    share, limit = _failed_share(run, context), run.spec.alarms.error_rate
    if share is not None and limit is not None and share > limit:
        message = f"{share:.1%} of the units of this copy failed, {limit:.2%} are accepted."
        alarms.append(Alarm(kind="error_share", message=message, **common))
    return alarms


def _failed_share(run: StageRun, context: Context) -> float | None:
    """The share of a copy's units whose tasks have failed; None for a task that copies none."""
    instance = context["ti"]
    stage, _, rest = instance.task_id.partition(".")
    source, _, step = rest.partition(".")
    plan = run.dossier.latest(stage, f"{source}-units") if step == "copy" else None
    packs = (plan or {}).get("packs")
    if not packs:
        return None
    states = instance.get_task_states(
        dag_id=context["dag_run"].dag_id, task_ids=[instance.task_id], run_ids=[run.run_id]
    ).get(run.run_id, {})
    units = [len(pack["units"]) for pack in packs]
    failed = sum(
        number
        for index, number in enumerate(units)
        if index == instance.map_index or states.get(f"{instance.task_id}_{index}") == "failed"
    )
    return failed / sum(units)
