"""Signs that nobody needs an asset any more, and what they suggest. A person or a rule decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from sunset.catalogue.survey import Remark

Suggestion = Literal["", "archive", "destroy"]

LONG_DAYS = 730
"""Days without a write from which on an asset is called old."""

_SET_ASIDE = (
    r"backup|bak|bkp|bck|old|orig|original|copy|kopie|copie|copia|sicherung|save|saved|deprecated|unused|obsolete|"
    r"备份|副本|旧|バックアップ|백업"
)
_PASSING = r"tmp|temp|temporary|scratch|staging|stage|test|tests|dummy|trash|junk|foo|临时|測試|测试|一時"
_EDGE = r"(?:^|[_\-.\s~])", r"\d{0,8}(?:$|[_\-.\s~])"
_BACKUP = re.compile(
    rf"{_EDGE[0]}(?:{_SET_ASIDE}){_EDGE[1]}|[_\-.](?:19|20)\d{{6}}$|~$|^copy of |\(\d+\)(?:\.\w+)?$", re.IGNORECASE
)
_TEMPORARY = re.compile(
    rf"{_EDGE[0]}(?:{_PASSING}){_EDGE[1]}|\.(?:swp|part|crdownload|lock)$|^(?:thumbs\.db|\.ds_store|desktop\.ini)$",
    re.IGNORECASE,
)


def by_name(name: str) -> str:
    """What an asset's name says: `backup`, `temporary`, or nothing."""
    if _TEMPORARY.search(name):
        return "temporary"
    return "backup" if _BACKUP.search(name) else ""


def signs(
    name: str, rows: int | None, last_write: date | None, remarks: Sequence[Remark], as_of: date
) -> tuple[tuple[str, ...], Suggestion]:
    """Why an asset may be obsolete, and what to do with it.

    Args:
        name: its own name.
        rows: number of rows as far as it is known.
        last_write: the day after which nobody wrote to it.
        remarks: what is wrong with it.
        as_of: the day that ages are counted from.
    """
    found = tuple(_signs(name, rows, last_write, remarks, as_of))
    suggestion: Suggestion = max((suggested for _, suggested in found), key=_STRENGTH.index, default="")
    return tuple(words for words, _ in found), suggestion


_STRENGTH: tuple[Suggestion, ...] = ("", "archive", "destroy")


def _signs(
    name: str, rows: int | None, last_write: date | None, remarks: Sequence[Remark], as_of: date
) -> Iterator[tuple[str, Suggestion]]:
    kind = by_name(name)
    if kind == "temporary":
        yield "its name is one of temporary data", "destroy"
    if kind == "backup":
        yield "its name is one of a backup", "archive"
    for remark in remarks:
        if remark.code == "same_content":
            yield remark.message.rstrip("."), "destroy"
    if last_write and (days := (as_of - last_write).days) > LONG_DAYS:
        yield f"not written to for {days} days", "archive"
    if rows == 0:
        yield "it is empty", ""
