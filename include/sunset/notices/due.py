"""What is due is sent, to each recipient once; whatever goes wrong with one keeps nobody else from hearing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sunset.notices.delivery import Sender, Told
from sunset.notices.facts import Facts
from sunset.notices.ledger import Key, Ledger
from sunset.notices.rendering import Templates, Words
from sunset.notices.schedule import dates, due
from sunset.spec import Spec
from sunset.spec.notices import Audience


def send_due(spec: Spec, today: date, sender: Sender) -> tuple[Told, ...]:
    """Send every notice of a product that is due and was not sent; how each stands, sent before or now.

    Args:
        spec: the product's spec.
        today: the day in UTC.
        sender: sends, with the ledger of the product.

    Raises:
        Refusal: a template is broken, or the store refuses.
        Unavailable: the store does not answer.
    """
    return tuple(_send_due(spec, spec.notices.audiences, today, sender))


def send_announced(spec: Spec, today: date, sender: Sender) -> tuple[Told, ...]:
    """Send what is due by the clock, without a run: only after the day of the announcement that the spec names.

    And only what a run of the product showed to its people before, in these very facts. A spec that somebody just put
    into the folder tells nobody anything.

    Raises:
        Refusal, Unavailable: as `send_due`.
    """
    if not spec.timeline.announce or today < spec.timeline.announce:
        return ()
    shown = [each for each in spec.notices.audiences if sender.ledger.previewed(Facts.of(spec, each).digest)]
    return tuple(_send_due(spec, shown, today, sender))


def planned(spec: Spec, templates: Templates, ledger: Ledger) -> Iterator[tuple[Audience, date, Facts, Words]]:
    """Every notice of a product in its words, due or not.

    Raises:
        Refusal: a template is broken.
    """
    for audience in spec.notices.audiences:
        facts = Facts.of(spec, audience)
        keys = [Key(spec.product, audience.name, date.min, facts.digest, to) for to in recipients(audience)]
        correction = any(map(ledger.told_before, keys))
        for day in dates(spec, audience):
            yield audience, day, facts, templates.words(facts, day, correction=correction)


def recipients(audience: Audience) -> tuple[str, ...]:
    """Each address gets a mail of its own: none learns the others', and one that is refused stops no other."""
    return audience.to or (audience.conn_id,)


def _send_due(spec: Spec, audiences: Sequence[Audience], today: date, sender: Sender) -> Iterator[Told]:
    for audience in audiences:
        if day := due(spec, audience, today):
            yield from (sender.tell(spec, audience, to, day) for to in recipients(audience))
