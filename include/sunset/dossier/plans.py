"""The versions of a product's runbook, one file each beside its runs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.dossier.chain import Chain, require_whole
from sunset.dossier.faults import AlreadyWritten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sunset.dossier.store import Store

PLANS = "plans"


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version.

    Attributes:
        number: from 1 on.
        digest: SHA-256 of what it says.
        run_id: the run that first had it.
        lines: what it says, a line each.
    """

    number: int
    digest: str
    run_id: str
    lines: tuple[str, ...]


def keep_version(
    product: Store, run_id: str, digest: str, lines: Sequence[str]
) -> tuple[PlanVersion, PlanVersion | None]:
    """The version with this digest, made if it is new, and the one before it.

    Raises:
        Deviation: the versions were tampered with.
    """
    chain = Chain(product, PLANS, lambda body: f"{body['number']:04d}.json")
    while True:
        links = chain.links()
        remedy = "Find out who changed them; move the folder away to begin anew."
        require_whole(chain, links, "The versions of the runbook were tampered with.", remedy)
        known = [_version(link.body) for link in links]
        if known and known[-1].digest == digest:
            return known[-1], known[-2] if len(known) > 1 else None
        with suppress(AlreadyWritten):  # another run took the number meanwhile
            made = chain.append({"digest": digest, "run_id": run_id, "lines": list(lines)}, links)
            return _version(made.body), known[-1] if known else None


def _version(body: Mapping[str, Any]) -> PlanVersion:
    return PlanVersion(body["number"], body["digest"], body["run_id"], tuple(body["lines"]))
