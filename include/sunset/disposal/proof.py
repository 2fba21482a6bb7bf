"""What `sunset verify` says of a dossier whose product was disposed of, and of the dossier of a disposal.

A disposal's own dossier proves the chain from the decision to the certificate: it holds the retirement's closing seal,
and the retirement's dossier has to lie beside it and hold that very seal. A retirement's dossier may lack files that a
certificate names as destroyed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sunset.disposal.approved import approved_list
from sunset.disposal.certificates import ARCHIVE, DISPOSALS, disposals
from sunset.disposal.items import read_lines
from sunset.dossier.dossier import Dossier
from sunset.dossier.problems import Problem
from sunset.dossier.seal import Seal, seals
from sunset.dossier.store import Store
from sunset.dossier.verify import Verification, verify
from sunset.errors import SunsetError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CERTIFICATE, _BASIS = ("certify", "certificate"), ("list", "basis")


def prove(store: Store) -> Verification:
    """Recompute a dossier or a bag, and what it has to do with a disposal.

    Raises:
        Missing: there is nothing at the store's root.
        Unavailable: the store did not answer.
    """
    result = verify(store)
    if store.list(f"{_BASIS[0]}/{_BASIS[1]}."):
        problems = (*_faults(store), *_unproven(store, _above(store, 2)))
        return replace(result, problems=(*result.problems, *problems))
    return _without_destroyed(result, store)


def _unproven(store: Store, product: Store) -> Iterator[Problem]:
    """What does not hold between a disposal and the retirement that it rests on."""
    basis = Dossier(store).latest(*_BASIS)
    retirement = (basis or {}).get("retirement", {})
    folder, path = str(retirement.get("folder")), f"../../{retirement.get('folder')}"
    beside = product.child(folder)
    if not beside.list("seals/"):
        yield Problem("missing", path, "is not there: the retirement that this disposal rests on.")
        return
    proven = _without_destroyed(verify(beside), beside)
    yield from (replace(problem, path=f"{path}/{problem.path}") for problem in proven.problems)
    if proven.digest != retirement.get("digest"):
        yield Problem("broken", path, "does not end with the seal that this disposal rests on.")


def _faults(store: Store) -> Iterator[Problem]:
    """What a disposal's own dossier does not hold, beside its seals."""
    certificate = Dossier(store).latest(*_CERTIFICATE)
    if certificate is None:
        yield Problem("open", "", "Nothing was certified.")
        return
    try:
        approved = approved_list(Dossier(store))
    except SunsetError as error:
        yield Problem("broken", "approve", error.what)
        return
    if certificate["list"]["sha256"] != approved.sha256:
        yield Problem("broken", "certify", "certifies another list than the one that was approved.")


def _without_destroyed(result: Verification, store: Store) -> Verification:
    """A result without the files that were destroyed under a certificate."""
    if not any(problem.kind == "missing" for problem in result.problems):
        return result
    destroyed = _destroyed(store)
    left = tuple(p for p in result.problems if p.kind != "missing" or p.path not in destroyed)
    return replace(result, problems=left, destroyed=len(result.problems) - len(left))


def _destroyed(store: Store) -> set[str]:
    """Paths of a retirement's dossier that valid certificates name, with the very content that the seals have."""
    folder, product = store.root.rstrip("/").rpartition("/")[2], _above(store, 1)
    links = seals(store).links()
    sealed = {entry.path: entry.sha256 for link in links if not link.fault for entry in Seal.from_link(link).files}
    paths = set[str]()
    for name, dossier in disposals(product) if "/" in store.root.strip("/") else ():
        certificate = dossier.latest(*_CERTIFICATE)
        if certificate and _is_about(certificate, folder) and not _doubtful(product.child(f"{DISPOSALS}/{name}")):
            paths |= {path for path, sha256 in evidence_of(dossier, folder).items() if sealed.get(path) == sha256}
    return paths


def _is_about(certificate: Mapping[str, Any], folder: str) -> bool:
    return bool(certificate["subject"] == ARCHIVE and certificate["retirement"]["folder"] == folder)


def _doubtful(disposal: Store) -> bool:
    return bool(verify(disposal).problems or tuple(_faults(disposal)))


def evidence_of(disposal: Dossier, folder: str) -> dict[str, str]:
    """What an approved list names of a retirement's dossier: SHA-256 by path there.

    Args:
        disposal: the dossier of the disposal.
        folder: folder of the retirement.

    Raises:
        Refusal: its list was not approved.
    """
    listed = read_lines(disposal.store.read(approved_list(disposal).path).decode("ascii").splitlines())
    evidence = (item for item in listed if item.kind.startswith("evidence ") and item.sha256)
    return {f"/{item.name}".partition(f"/{folder}/")[2]: item.sha256 for item in evidence}


def _above(store: Store, levels: int) -> Store:
    return Store(store.fs, store.root.rstrip("/").rsplit("/", levels)[0])
