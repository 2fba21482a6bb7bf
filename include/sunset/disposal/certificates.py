"""Certificates of destruction: what they say, and where those of a product are found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sunset.dossier.dossier import Dossier
from sunset.dossier.runs import folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sunset.disposal.approved import Approved
    from sunset.disposal.items import Item, Remnant
    from sunset.dossier.store import Store

DISPOSALS = "disposals"
"""The folder beside a product's runs that holds the dossiers of its disposals."""

ARCHIVE = "archive"
"""What a disposal of an archive is about; one of a source is about the source's name."""

CATEGORY = "clear"
"""Of NIST SP 800-88: logical techniques on user-addressable storage; media are neither overwritten nor destroyed."""


def disposals(product: Store) -> Iterator[tuple[str, Dossier]]:
    """The disposals of a product, by the name of their folder."""
    below = product.child(DISPOSALS)
    for folder in folders(below):
        yield folder, Dossier(below.child(folder))


def certified(product: Store, run: str, subject: str) -> tuple[str, dict[str, Any]] | None:
    """The disposal that destroyed something, and its certificate.

    Args:
        product: folder of the product's dossiers.
        run: folder of the retirement.
        subject: name of a source, or `ARCHIVE`.
    """
    for folder, dossier in disposals(product):
        certificate = dossier.latest("certify", "certificate")
        if certificate and (certificate["retirement"]["folder"], certificate["subject"]) == (run, subject):
            return folder, certificate
    return None


def outline(items: Iterable[Item]) -> dict[str, Any]:
    """How many things a list names, of which kinds, and their size as far as known."""
    kinds, size = Counter[str](), 0
    for item in items:
        kinds[item.kind] += 1
        size += item.size
    return {"count": kinds.total(), "bytes": size, "by_kind": dict(sorted(kinds.items()))}


def certificate(
    basis: Mapping[str, Any], approved: Approved, outcome: Mapping[str, Any], probe: Mapping[str, Any]
) -> dict[str, Any]:
    """The certificate, from the records of the disposal alone: made again, it is the same.

    Args:
        basis: what was to be destroyed, why, and on which retirement it rests.
        approved: the list and its approval.
        outcome: how and when it was carried out.
        probe: what was looked for afterwards, and found left.
    """
    taken = ("product", "title", "subject", "kind", "place", "extent", "reason", "requested_by", "retirement", "people")
    left = probe["left"]
    return {
        **{key: basis[key] for key in taken},
        "list": {"path": approved.path, "sha256": approved.sha256, **basis["outline"]},
        "category": CATEGORY,
        "method": outcome["method"],
        "tool": outcome["tool"],
        "carried_out": {key: outcome[key] for key in ("by", "began_at", "ended_at")},
        "approved": {key: approved.approval[key] for key in ("people", "seal", "digest")},
        "verified": {key: probe[key] for key in ("by", "how", "at")},
        "complete": not any(remnant["listed"] for remnant in [*left, *outcome["left"]]),
        "left": [*outcome["left"], *(remnant for remnant in left if remnant not in outcome["left"])],
    }


def to_json(remnants: Iterable[Remnant]) -> list[dict[str, Any]]:
    """Remnants for a record, each once."""
    return [remnant.to_json() for remnant in dict.fromkeys(remnants)]
