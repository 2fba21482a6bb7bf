"""What customers wrote to the CRM's support portal, as its API hands it out. The same tickets at every start."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

TICKETS = 4000

_FIRST_ID = 2**53 + 1  # the portal's ids are past what a float holds
_OPENED = datetime(2023, 1, 9, 8, 30, tzinfo=UTC)
_SUBJECTS = ("Cannot sign in", "Invoice question", "Export fails at page three", "Adres gewijzigd", "发票", "New seats")
_SAID = ("It works again.", "Still the same.\nSince Tuesday.", "Danke für die schnelle Hilfe!", 'The "reply" button?')


@cache
def tickets() -> tuple[dict[str, Any], ...]:
    """All tickets, by id."""
    return tuple(_tickets())


def _tickets() -> Iterator[dict[str, Any]]:
    dice = random.Random("tickets of the legacy CRM")
    for number in range(TICKETS):
        opened = _OPENED + timedelta(minutes=number * 500)
        customer, closed = dice.randrange(1, 20_001), number % 23 != 0
        ticket: dict[str, Any] = {
            "id": _FIRST_ID + 7 * number,
            "subject": dice.choice(_SUBJECTS),
            "state": "closed" if closed else "open",
            "requester": {"customer": customer, "email": f"customer{customer}@example.com"},
            "opened_at": opened.isoformat(),
            "closed_at": (opened + timedelta(minutes=dice.randrange(5, 40_000))).isoformat() if closed else None,
            "hours": dice.randrange(0, 800) / 100,
            "tags": dice.sample(["billing", "urgent", "Übergabe"], dice.randrange(3)),
            "messages": [{"from_us": step % 2 == 1, "text": dice.choice(_SAID)} for step in range(dice.randrange(4))],
        }
        if number >= TICKETS // 2:  # asked of customers since 2025
            ticket["rating"] = dice.choice((None, 1, 2, 3, 4, 5))
        yield ticket
