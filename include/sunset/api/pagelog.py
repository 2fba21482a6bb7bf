"""Raw pages as they came, in compressed parts that a later try goes on from, each written once."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sunset.api.pages import Request
from sunset.dossier.store import Store

PART_BYTES = 8 * 2**20
PART_PAGES = 64
PART_SECONDS = 60.0
_LEVEL = 3
"""Of compression: beyond it, time grows more than the pages shrink."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as it was kept.

    Attributes:
        number: from 1.
        request: what was asked for.
        following: what to ask for next; None on the last page.
        sha256: of the body as it came.
        body: as it came.
    """

    number: int
    request: Request
    following: Request | None
    sha256: str
    body: bytes

    def line(self) -> str:
        """The page as a line of JSON."""
        return json.dumps(
            {
                "number": self.number,
                "request": _plain(self.request),
                "following": _plain(self.following) if self.following else None,
                "sha256": self.sha256,
                "body": self.body.decode(),
            }
        )

    @classmethod
    def of(cls, line: str) -> Kept:
        """The page of such a line."""
        data = json.loads(line)
        following = _request(data["following"]) if data["following"] else None
        return cls(data["number"], _request(data["request"]), following, data["sha256"], data["body"].encode())


@dataclass(slots=True)
class PageLog:
    """The pages of one export in `store`; used by one task at a time.

    A part is written when it has 64 pages, 8 MiB, or a minute's worth: a killed task loses no more than that.
    """

    store: Store
    _waiting: list[str] = field(default_factory=list, init=False)
    _bytes: int = field(default=0, init=False)
    _since: float = field(default_factory=time.monotonic, init=False)

    def keep(self, number: int, request: Request, following: Request | None, body: bytes) -> None:
        """Keep a page; written at the latest with the last one."""
        self._waiting.append(Kept(number, request, following, hashlib.sha256(body).hexdigest(), body).line())
        self._bytes += len(body)
        full = self._bytes >= PART_BYTES or len(self._waiting) >= PART_PAGES
        if full or following is None or time.monotonic() - self._since >= PART_SECONDS:
            self.flush()

    def pages(self) -> Iterator[Kept]:
        """Every page that was written, in order."""
        for path in self.parts():
            for line in gzip.decompress(self.store.read(path)).decode().splitlines():
                yield Kept.of(line)

    def parts(self) -> list[str]:
        """The parts' paths, in order."""
        return sorted(path for path in self.store.list() if path.startswith("part-"))

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        number = len(self.parts()) + 1
        data = gzip.compress("".join(f"{line}\n" for line in self._waiting).encode(), _LEVEL, mtime=0)
        self.store.write_new(f"part-{number:06d}.jsonl.gz", data)
        self._waiting.clear()
        self._bytes, self._since = 0, time.monotonic()


def _plain(request: Request) -> dict[str, Any]:
    return {"url": request.url, "params": [list(pair) for pair in request.params]}


def _request(data: dict[str, Any]) -> Request:
    return Request(data["url"], tuple((name, value) for name, value in data["params"]))
