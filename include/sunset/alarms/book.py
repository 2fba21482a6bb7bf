"""The book of a product's alarms: each stands there once, with the channels that have heard of it.

It lies beside the dossiers and not in them: an alarm comes when it comes, and a dossier under a seal does not change.
The verdict of a run takes the alarms of the run over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sunset.alarms.alarm import Alarm
from sunset.dossier.canonical import digest, encode
from sunset.dossier.faults import AlreadyWritten

if TYPE_CHECKING:
    from sunset.dossier.store import Store

ALARMS = "alarms"
"""The folder beside the dossiers of a product."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One alarm in the book.

    Attributes:
        key: its name there; the same alarm has the same.
        alarm: the alarm as it was first raised.
        raised_at: when that was, ISO 8601 in UTC.
        told: the channels that took it.
    """

    key: str
    alarm: Alarm
    raised_at: str
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class AlarmBook:
    """The alarms in the folder `store`."""

    store: Store

    @classmethod
    def of(cls, product: Store) -> AlarmBook:
        """The book of the product whose folder this is."""
        return cls(product.child(ALARMS))

    def enter(self, alarm: Alarm, at: datetime) -> bool:
        """Put an alarm down; False if it stands there already, whatever its message said then."""
        body = {**alarm.to_json(), "raised_at": at.isoformat()}
        with suppress(AlreadyWritten):
            self.store.write_new(f"{_key(alarm)}.json", encode(body))
            return True
        return False

    def told(self, entry: Entry, channel: str) -> None:
        """Note that a channel took an alarm; it is not sent there again."""
        self.store.write_new(_told(entry.key, channel), b"")

    def entries(self) -> tuple[Entry, ...]:
        """All alarms, oldest first."""
        return tuple(sorted(self._read(), key=lambda entry: (entry.raised_at, entry.key)))

    def of_run(self, run_id: str) -> tuple[Entry, ...]:
        """The alarms of one run, oldest first."""
        return tuple(entry for entry in self.entries() if entry.alarm.run_id == run_id)

    def _read(self) -> Iterator[Entry]:
        paths = self.store.list()
        for path in paths:
            if path.endswith(".json"):
                key = path.removesuffix(".json")
                body: dict[str, Any] = json.loads(self.store.read(path))
                raised_at = body.pop("raised_at")
                told = frozenset(each.removeprefix(f"{key}.told-") for each in paths if each.startswith(f"{key}.told-"))
                yield Entry(key, Alarm(**body), raised_at, told)


def channel_key(conn_id: str, to: tuple[str, ...]) -> str:
    """A name for one way on which alarms go, by which the book knows it again."""
    return digest(encode({"conn_id": conn_id, "to": list(to)}))[:12]


def _key(alarm: Alarm) -> str:
    same = {"run_id": alarm.run_id, "kind": alarm.kind, "subject": alarm.subject}
    return f"{alarm.kind}-{digest(encode(same))[:16]}"


def _told(key: str, channel: str) -> str:
    return f"{key}.told-{channel}"
