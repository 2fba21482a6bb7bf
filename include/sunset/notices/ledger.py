"""Who was told what: a ledger beside the dossiers, so that no retry, clear or second run tells anybody twice.

A notice is claimed before it is sent, and its outcome recorded behind: at most once. A worker that dies between the
two leaves a claim without an outcome. Nobody can say then whether the notice went out, so it is not sent again: it
stays in doubt, is shown as such, and a person decides. One that certainly did not go out is claimed anew.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from sunset.dossier.canonical import digest, encode
from sunset.dossier.faults import AlreadyWritten
from sunset.dossier.names import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sunset.dossier.store import Store

NOTICES = "notices"
"""The folder beside the dossiers of a product."""

_PREVIEWED = "previewed"
Status = Literal["open", "sent", "failed", "in doubt"]


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a notice one: sent once for each of these.

    Attributes:
        day: the day for which it was due.
        facts: digest of what it tells.
        recipient: address, or the connection of a hook.
    """

    product: str
    audience: str
    day: date
    facts: str
    recipient: str

    @property
    def folder(self) -> str:
        """Where its claims and outcomes lie; the address itself stands in no path."""
        return f"{safe_name(self.audience)}/{self.day.isoformat()}/{self.facts[:16]}-{self.recipient_mark}"

    @property
    def mark(self) -> str:
        """A mark by which mail servers and hooks can tell the same notice, were it to come twice."""
        return digest(f"{self.product}/{self.folder}".encode())[:32]

    @property
    def recipient_mark(self) -> str:
        """A mark of the recipient."""
        return digest(self.recipient.encode())[:16]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of one notice.

    Attributes:
        status: open (to be sent), sent, failed (to be sent again) or in doubt (not to be sent again).
        attempts: how often it was claimed.
        at: when the last claim or outcome was written, ISO 8601.
        why: what went wrong, in words without secrets.
    """

    status: Status
    attempts: int = 0
    at: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The notices of one product. `store` is the folder of its dossiers."""

    store: Store

    @property
    def notices(self) -> Store:
        return self.store.child(NOTICES)

    def look(self, key: Key) -> Entry:
        """How one notice stands."""
        attempts = sum(path.rpartition("/")[2].startswith("claim-") for path in self.notices.list(f"{key.folder}/"))
        if not attempts:
            return Entry("open")
        outcome = self._outcome(key, attempts)
        if outcome is None:
            claim = json.loads(self.notices.read(f"{key.folder}/claim-{attempts}.json"))
            why = f"claimed by {claim['by']}, and its outcome was never recorded"
            return Entry("in doubt", attempts, claim["at"], why)
        return Entry(outcome["status"], attempts, outcome["at"], outcome["why"])

    def claim(self, key: Key, by: str, message: Mapping[str, str]) -> int | None:
        """Take the right to send a notice; None if another task has it, or somebody was told already.

        Args:
            key: the notice.
            by: the run that sends it.
            message: what is sent, kept with the claim.

        The claim is exclusive where the store writes exclusively: every local disk, and S3 with `If-None-Match`.
        """
        entry = self.look(key)
        if entry.status not in ("open", "failed"):
            return None
        number, token = entry.attempts + 1, uuid.uuid4().hex
        path = f"{key.folder}/claim-{number}.json"
        claim = encode({"at": _now(), "by": by, "token": token, "message": dict(message)})
        with suppress(AlreadyWritten):  # another task was faster
            self.notices.write_new(path, claim)
            return number if self.notices.read(path) == claim else None
        return None

    def record(self, key: Key, number: int, status: Status, why: str = "") -> Entry:
        """Write down how the sending of claim `number` ended."""
        entry = Entry(status, number, _now(), why)
        outcome = {"status": status, "at": entry.at, "why": why}
        self.notices.write_new(f"{key.folder}/outcome-{number}.json", encode(outcome))
        return entry

    def told_before(self, key: Key) -> bool:
        """Whether the recipient was told other facts before, on whatever day."""
        folder, own = f"{safe_name(key.audience)}/", key.recipient_mark
        outcomes = [path.split("/") for path in self.notices.list(folder) if "/outcome-" in path]
        others = [path for path in outcomes if path[-2].endswith(own) and not path[-2].startswith(key.facts[:16])]
        return any(json.loads(self.notices.read("/".join(path)))["status"] == "sent" for path in others)

    def preview(self, facts: str) -> None:
        """Note that a run showed these facts to its people: what nobody could read is not sent by the clock."""
        self.notices.write_new(f"{_PREVIEWED}/{facts}", b"")

    def previewed(self, facts: str) -> bool:
        """Whether a run showed these facts."""
        return f"{_PREVIEWED}/{facts}" in self.notices.list(f"{_PREVIEWED}/{facts}")

    def _outcome(self, key: Key, number: int) -> dict[str, Any] | None:
        path = f"{key.folder}/outcome-{number}.json"
        if path not in self.notices.list(path):
            return None
        found: dict[str, Any] = json.loads(self.notices.read(path))
        return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
