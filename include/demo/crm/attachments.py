"""What lies in the CRM's attachments folder: letters, scans and mails of twelve years, and what such a folder gathers.

The same files at every start, so that what is carried can be counted beforehand.
"""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

A_MONTH = 16
"""Attachments of a month."""

_SINCE_1970 = 1_420_070_400  # 2015-01-01
_DAY = 86_400
_YEARS = range(2015, 2027)

ODD: Mapping[str, bytes] = {
    "2019/11/Angebot für Müller\n(Kopie 2).pdf": b"%PDF-1.4\n% from the fax gateway, which breaks lines in names\n",
    "2020/02/offerte {{ klant }} 100%.docx": b"PK\3\4 a template that was never filled in\n",
    "2021/06/ scan zonder naam .tif": b"II*\0 blanks at both ends of the name\n",
    "2023/04/发票 0042.pdf": b"%PDF-1.4\n% from the office in Taipei\n",
    "2024/01/empty on our side.csv": b"",
    "2025/09/call with the works council.wav": b"RIFF" + bytes(9 << 20) + b"the largest of them",
}
"""Names and contents that programs tend to lose. All of them are somebody's data."""

LITTER: Mapping[str, bytes] = {
    ".htpasswd": b"upload:$apr1$invented\n",
    "2016/.DS_Store": b"\0\0\0\1Bud1",
    "2018/03/Thumbs.db": bytes(2048),
    "2022/10/.~lock.price list.ods#": b",aisha,desk-7,17.10.2022 09:12;\n",
    "incoming/upload-77120.tmp": bytes(70_000),
    "incoming/upload-77121.tmp": b"",
}
"""What programs left behind. The spec's rules leave it out by name."""

LINKS: Mapping[str, str] = {"latest": "2026/11", "2017/old share": "/mnt/filer01/crm"}
"""The second one leads nowhere since the file server was replaced."""

_UNREADABLE = ".htpasswd"
_EMPTY_FOLDER = "incoming/quarantine"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put there: `files` and `bytes` of all files, litter included."""

    files: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.files:,} files, {self.bytes / 10**6:,.0f} MB,"


def fill(folder: Path) -> Filled:
    """Make the folder with all that lies in it."""
    files = {**dict(_letters()), **ODD, **LITTER}
    for number, (name, content) in enumerate(sorted(files.items())):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        changed = _SINCE_1970 + number * _DAY * 9 // 5
        os.utime(path, (changed, changed))
    for name, to in LINKS.items():
        (folder / name).symlink_to(to)
    (folder / _EMPTY_FOLDER).mkdir()
    (folder / _UNREADABLE).chmod(0)
    return Filled(len(files), sum(map(len, files.values())))


def _letters() -> Iterator[tuple[str, bytes]]:
    """Name and content of each attachment; every twentieth was sent twice, to two customers."""
    dice = random.Random("attachments of the legacy CRM")
    suffix, content = "", b""
    for number, (year, month, place) in enumerate(product(_YEARS, range(1, 13), range(1, A_MONTH + 1))):
        customer = dice.randrange(1, 20_001)
        if number % 20 != 1:
            suffix, make = dice.choice(_KINDS)
            content = make(dice, customer)
        yield f"{year}/{month:02}/{customer:05}-{place:02}{suffix}", content


def _pdf(dice: random.Random, customer: int) -> bytes:
    text = f"BT /F1 12 Tf 72 720 Td (Contract of customer {customer}) Tj ET\n".encode() * dice.randrange(20, 200)
    body = zlib.compress(text) + dice.randbytes(dice.randrange(500, 9_000))
    return b"%PDF-1.4\n1 0 obj <</Filter /FlateDecode>> stream\n" + body + b"\nendstream endobj\n%EOF\n"


def _scan(dice: random.Random, _customer: int) -> bytes:
    return b"\xff\xd8\xff\xe0\0\20JFIF\0" + dice.randbytes(dice.randrange(2_000, 40_000)) + b"\xff\xd9"


def _mail(dice: random.Random, customer: int) -> bytes:
    lines = "\r\n".join(dice.choice(_SENTENCES) for _ in range(dice.randrange(3, 60)))
    head = f"From: customer{customer}@example.com\r\nTo: crm@example.com\r\nSubject: Your letter\r\n\r\n"
    return (head + lines + "\r\n").encode()


def _table(dice: random.Random, customer: int) -> bytes:
    rows = (f"{customer};{dice.randrange(1, 900)};{dice.randrange(100, 99_999) / 100}" for _ in range(40))
    return ("customer;article;amount\n" + "\n".join(rows) + "\n").encode("latin-1")


_SENTENCES = ("Thank you for the offer.", "The total differs by 0,01 €.", "Bitte rufen Sie zurück.", "Zie bijlage.")
_KINDS: tuple[tuple[str, Callable[[random.Random, int], bytes]], ...] = (
    (".pdf", _pdf),
    (".jpg", _scan),
    (".eml", _mail),
    (".csv", _table),
)
