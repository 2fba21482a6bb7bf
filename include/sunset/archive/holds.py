"""Legal holds of a product: who set and who lifted them, when and why; one file each, beside the product's runs.

The files are chained as the rounds are: one that was changed, removed or put between shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sunset.dossier.chain import Chain, Link, require_whole
from sunset.dossier.faults import AlreadyWritten
from sunset.errors import Refusal

if TYPE_CHECKING:
    from sunset.dossier.store import Store

HOLDS = "holds"

Act = Literal["set", "lift"]


@dataclass(frozen=True, slots=True)
class HoldEntry:
    """One act on a hold.

    Attributes:
        act: whether it was set or lifted.
        matter: what the hold is for: a case, an audit, an order; holds of several matters stand side by side.
        reason: why, in the words of the person.
        by: Airflow user id of the person.
        at: when, in UTC.
    """

    act: Act
    matter: str
    reason: str
    by: str
    at: str

    def __str__(self) -> str:
        return f"hold {self.matter!r}, set by {self.by} at {self.at}: {self.reason}"

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def set_hold(product: Store, matter: str, reason: str, by: str) -> HoldEntry:
    """Set a hold on everything of a product; one that stands already stays as it is.

    Raises:
        Deviation: the record of the holds was tampered with.
        Refusal: the matter, the reason or the person is missing.
    """
    return _change(product, "set", matter, reason, by)


def lift_hold(product: Store, matter: str, reason: str, by: str) -> HoldEntry:
    """Lift a hold.

    Raises:
        Deviation: the record of the holds was tampered with.
        Refusal: the matter, the reason or the person is missing, or no such hold stands.
    """
    return _change(product, "lift", matter, reason, by)


def standing(product: Store) -> tuple[HoldEntry, ...]:
    """The holds that were set and not lifted, oldest first.

    Raises:
        Deviation: the record of the holds was tampered with.
    """
    chain = _chain(product)
    return tuple(_standing(_entries(chain, chain.links())).values())


def _change(product: Store, act: Act, matter: str, reason: str, by: str) -> HoldEntry:
    _require_words(matter, reason, by)
    chain = _chain(product)
    while True:
        links = chain.links()
        stands = _standing(_entries(chain, links)).get(matter)
        if act == "set" and stands:
            return stands
        if act == "lift" and not stands:
            raise Refusal("no such hold stands.", where=f"hold {matter!r}", remedy="Give the matter as it was set.")
        entry = HoldEntry(act, matter, reason, by, datetime.now(UTC).isoformat(timespec="seconds"))
        with suppress(AlreadyWritten):  # another person took the number meanwhile
            chain.append(entry.to_json(), links)
            return entry


def _require_words(matter: str, reason: str, by: str) -> None:
    for what, given in (("matter", matter), ("reason", reason), ("person", by)):
        if not given.strip():
            raise Refusal(f"needs a {what}.", where="hold", remedy="Fill in the field.")


def _chain(product: Store) -> Chain:
    return Chain(product, HOLDS, lambda body: f"{body['number']:04d}-{_entry(body).act}.json")


def _entries(chain: Chain, links: Sequence[Link]) -> list[HoldEntry]:
    remedy = "Find out who changed it, and restore the files."
    require_whole(chain, links, "The record of the holds was tampered with; nothing is destroyed.", remedy)
    return [_entry(link.body) for link in links]


def _entry(body: Mapping[str, Any]) -> HoldEntry:
    return HoldEntry(body["act"], body["matter"], body["reason"], body["by"], body["at"])


def _standing(entries: list[HoldEntry]) -> dict[str, HoldEntry]:
    holds: dict[str, HoldEntry] = {}
    for entry in entries:
        holds.pop(entry.matter, None)
        if entry.act == "set":
            holds[entry.matter] = entry
    return holds
