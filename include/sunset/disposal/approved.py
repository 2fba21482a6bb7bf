"""The list that two people approved: by the seal that their answers name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.disposal.items import LINES
from sunset.dossier.canonical import digest
from sunset.dossier.faults import Missing
from sunset.errors import Refusal

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier

PERSONS = 2
"""Different people that have to approve a destruction."""

GATE = "approve"
LIST = "list"
_LIST = re.compile(rf"{LIST}/.+\.(?P<number>[1-9][0-9]*)/{re.escape(LINES)}")


@dataclass(frozen=True, slots=True)
class Approved:
    """An approved list.

    Attributes:
        path: where the list lies in the dossier of the disposal.
        sha256: of the list.
        approval: the record of the answers.
    """

    path: str
    sha256: str
    approval: dict[str, Any]


def approved_list(dossier: Dossier) -> Approved:
    """The list that was approved, if it is still that very list.

    Raises:
        Refusal: it was not approved, by too few people, under another seal, or is not the one that was sealed.
    """
    approval = dossier.latest(GATE, "approval")
    if approval is None:
        raise _refused(dossier, "nobody approved this destruction.")
    people = {each["by"] for each in approval["people"]}
    if len(people) < PERSONS:
        raise _refused(
            dossier, f"{PERSONS} different people have to approve, and only {', '.join(sorted(people))} did."
        )
    lists = [(match, entry) for entry in _sealed(dossier, approval) if (match := _LIST.fullmatch(entry["path"]))]
    if not lists:
        raise _refused(dossier, "what was approved holds no list.")
    _, newest = max(lists, key=lambda each: int(each[0]["number"]))
    if dossier.store.sha256(newest["path"]) != newest["sha256"]:
        raise _refused(dossier, "the list is not the one that was approved.")
    return Approved(newest["path"], newest["sha256"], approval)


def _sealed(dossier: Dossier, approval: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        data = dossier.store.read(approval["seal"])
    except Missing:
        raise _refused(dossier, "the seal that was approved is gone.") from None
    if digest(data) != approval["digest"]:
        raise _refused(dossier, "the seal is not the one that was approved.")
    files: list[dict[str, Any]] = json.loads(data)["files"]
    return files


def _refused(dossier: Dossier, what: str) -> Refusal:
    return Refusal(
        what, where=dossier.store.uri, remedy="Nothing was destroyed. Clear the stage `approve` from its seal."
    )
