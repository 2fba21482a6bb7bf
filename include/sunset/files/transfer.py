"""One file from one place to another: hashed in the same pass, published when whole, and only if it stood still."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from sunset.errors import Unavailable
from sunset.files.entries import Entry, Sent
from sunset.files.limits import Limits, Throttle
from sunset.files.places import BLOCK, FileFault, Reader, Source, Target


@dataclass(slots=True)
class Carrier:
    """Carries files over one connection to the source, which is made anew when it breaks; one thread uses it."""

    source: Source
    target: Target
    limits: Limits
    throttle: Throttle
    _session: ExitStack = field(default_factory=ExitStack)
    _reader: Reader | None = None

    def carry(self, path: str) -> Sent:
        """Copy one file.

        Raises:
            FileFault: it is gone, unreadable, changed meanwhile, or its name cannot be kept; nothing was published.
            Unavailable: a side did not answer, in several tries without a new byte.
        """
        for attempt in range(1, self.limits.tries):
            try:
                return self._carry(path)
            except Unavailable:
                self.close()
                time.sleep(self.limits.pause * 2 ** (attempt - 1))
        return self._carry(path)

    def close(self) -> None:
        """End the connection to the source, if there is one."""
        self._session.close()
        self._reader = None

    def _carry(self, path: str) -> Sent:
        before = self._connected().look(path)
        digest, size = hashlib.sha256(), 0
        with self.target.writer(before) as writer:
            for block in writer.held():
                digest.update(block)
                size += len(block)
            try:
                for block in self._blocks(before, size):
                    digest.update(block)
                    size += len(block)
                    writer.write(block)
                self._require_unchanged(before, size)
            except FileFault:
                writer.abandon()
                raise
            identity = writer.publish()
        return Sent(path, size, before.mtime_ns, before.tag, digest.hexdigest(), identity)

    def _blocks(self, entry: Entry, offset: int) -> Iterator[bytes]:
        """The file's bytes up to its size when it was looked at; a broken connection is taken up where it broke."""
        broken = 0
        while offset < entry.size:
            try:
                for block in self._read(entry, offset):
                    offset, broken = offset + len(block), 0
                    yield block
                return
            except Unavailable:
                broken += 1
                if broken >= self.limits.tries:
                    raise
                self.close()
                time.sleep(self.limits.pause * 2 ** (broken - 1))
                self._require_unchanged(entry, entry.size)

    def _read(self, entry: Entry, offset: int) -> Iterator[bytes]:
        with self._connected().open(entry.path, offset) as file:
            left = entry.size - offset
            while left and (block := file.read(min(BLOCK, left))):
                self.throttle.take(len(block))
                left -= len(block)
                yield block

    def _require_unchanged(self, before: Entry, size: int) -> None:
        now = self._connected().look(before.path)
        if now.version != before.version or size != before.size:
            raise FileFault(
                before.path, "changed", f"changed while it was copied: {before.size} bytes, now {now.size}."
            )

    def _connected(self) -> Reader:
        if self._reader is None:
            self._reader = self._session.enter_context(self.source.reader())
        return self._reader
