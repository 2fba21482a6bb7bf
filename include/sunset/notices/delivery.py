"""One notice to one recipient: claimed, sent, and what came of it written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.notices.facts import Facts
from sunset.notices.headers import headers
from sunset.notices.ledger import Entry, Key, Ledger
from sunset.notices.rendering import Templates, Words
from sunset.spec import Spec
from sunset.spec.notices import Audience


class InDoubt(SunsetError):
    """A server may or may not have taken a notice: the line broke before it said."""


@dataclass(frozen=True, slots=True)
class Message:
    """One notice to one recipient.

    Attributes:
        to: address; for a hook, its connection.
        mark: the same for the same notice, whoever sends it.
        headers: headers offered for the product's own API.
    """

    product: str
    audience: Audience
    to: str
    day: date
    mark: str
    words: Words
    facts: Facts
    headers: dict[str, str]


class Messenger(Protocol):
    """Brings a message to its recipient.

    Raises:
        Unavailable: it certainly was not taken; a later try may succeed.
        Refusal: it certainly was not taken, and trying again changes nothing.
        InDoubt: it may have been taken.
    """

    def __call__(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """How one notice to one recipient stands in the ledger.

    Attributes:
        day: the day for which it was due.
        facts: digest of what it tells.
    """

    audience: str
    channel: str
    to: str
    day: date
    facts: str
    entry: Entry

    @property
    def fault(self) -> str | None:
        """One line on what is wrong; None where nothing is."""
        if self.entry.status == "sent":
            return None
        return f"notice to {self.audience} ({self.to}) of {self.day}: {self.entry.status}: {self.entry.why}"

    def to_json(self) -> dict[str, Any]:
        """The state as a dictionary."""
        return {
            "audience": self.audience,
            "channel": self.channel,
            "to": self.to,
            "day": self.day.isoformat(),
            "facts": self.facts,
            "status": self.entry.status,
            "at": self.entry.at,
            "attempts": self.entry.attempts,
            "why": self.entry.why,
        }


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends notices of one product.

    Attributes:
        by: the run, as the ledger names it.
    """

    ledger: Ledger
    messenger: Messenger
    templates: Templates
    by: str

    def tell(self, spec: Spec, audience: Audience, to: str, day: date) -> Told:
        """Send a notice unless its recipient has it; how it stands now.

        Raises:
            Refusal: a template is broken, or the store refuses.
            Unavailable: the store does not answer.
        """
        facts = Facts.of(spec, audience)
        key = Key(spec.product, audience.name, day, facts.digest, to)
        entry = self.ledger.look(key)
        if entry.status in ("open", "failed"):
            words = self.templates.words(facts, day, correction=self.ledger.told_before(key))
            message = Message(spec.product, audience, to, day, key.mark, words, facts, headers(spec))
            number = self.ledger.claim(key, self.by, {"to": to, "subject": words.subject, "text": words.text})
            entry = self.ledger.look(key) if number is None else self._send(message, key, number)
        return Told(audience.name, audience.channel, to, day, facts.digest, entry)

    def _send(self, message: Message, key: Key, number: int) -> Entry:
        try:
            self.messenger(message)
        except InDoubt as error:
            return self.ledger.record(key, number, "in doubt", error.what)
        except (Refusal, Unavailable) as error:
            return self.ledger.record(key, number, "failed", error.what)
        return self.ledger.record(key, number, "sent")
