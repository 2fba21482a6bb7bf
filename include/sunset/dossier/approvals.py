"""Approvals held against the seals: a person approved one seal, and names it by its digest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sunset.dossier.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sunset.dossier.listing import Listed
    from sunset.dossier.seal import Seal
    from sunset.dossier.store import Store

_APPROVAL = re.compile(r"[^/]+/approval\.[1-9][0-9]*\.json")


def without_seal(
    store: Store, found: Iterable[Listed], made: Iterable[Seal], named: Collection[str]
) -> Iterator[Problem]:
    """One problem for each approval of a seal that the dossier does not hold, or not with that digest.

    Args:
        store: the dossier's.
        found: what lies in it.
        made: its seals that can be trusted.
        named: files with a problem already: neither such an approval nor an approval of such a seal is named again.
    """
    digests = {seal.path: seal.digest for seal in made}
    paths = [entry.path for entry in found if entry.kind == "file" and _APPROVAL.fullmatch(entry.path)]
    for path in (path for path in paths if path not in named):
        try:
            approval = json.loads(store.read(path))
        except ValueError:
            approval = None
        if not isinstance(approval, dict) or not {"seal", "digest"} <= approval.keys():
            yield Problem("broken", path, "is no approval: it names no seal.")
        elif str(approval["seal"]) not in named and digests.get(str(approval["seal"])) != approval["digest"]:
            yield Problem("broken", path, f"approves another {approval['seal']} than the one that is here.")
