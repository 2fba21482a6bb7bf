"""What a place has to answer, to be copied from or to.

Every method raises `Refusal` where trying again changes nothing, and `Unavailable` where the place did not answer in
time. What concerns a single file raises `FileFault`: the other files go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Literal, Protocol

from sunset.dossier.names import shown
from sunset.errors import SunsetError
from sunset.files.entries import Entry, Stored

Cause = Literal["unreadable", "vanished", "changed", "name"]
FOUR_MIB = 4 * 2**20
BLOCK = 2**20
"""Bytes that are read at once."""


class FileFault(SunsetError):
    """One file could not be carried; `cause` says why, and whether a later try may carry it."""

    def __init__(self, path: str, cause: Cause, what: str) -> None:
        super().__init__(what, where=shown(path), remedy="")
        self.path = path
        self.cause = cause


class Reader(Protocol):
    """One connection to a source; one thread uses it."""

    def look(self, path: str) -> Entry:
        """The file as it stands now.

        Raises:
            FileFault: it is gone, or no file any more.
        """

    def open(self, path: str, offset: int) -> AbstractContextManager[BinaryIO]:
        """The file's bytes from an offset on.

        Raises:
            FileFault: it is gone or cannot be read.
        """


class Source(Protocol):
    """A tree to copy from."""

    @property
    def place(self) -> str:
        """Where it is, for people; no credentials."""

    def entries(self) -> Iterator[Entry]:
        """Everything below the root, sorted by `order`; links are listed and never followed."""

    def reader(self) -> AbstractContextManager[Reader]: ...


class Writer(Protocol):
    """A file on its way to a target; nothing shows under its name before `publish`."""

    def held(self) -> Iterator[bytes]:
        """Bytes from the file's start that an earlier try left, to be hashed; they are not sent again."""

    def write(self, block: bytes) -> None: ...

    def publish(self) -> str:
        """Let the whole file appear under its name at once; returns its identity."""

    def abandon(self) -> None:
        """Throw away what was written: it will not be continued."""


class Target(Protocol):
    """A tree to copy to."""

    @property
    def place(self) -> str: ...

    def objection(self, path: str) -> str:
        """Why this name cannot be kept here as it is; empty where it can."""

    def stored(self, first: str = "", last: str | None = None) -> Iterator[Stored]:
        """Published files from `first` to `last`, both included, sorted by `order`."""

    def writer(self, entry: Entry) -> AbstractContextManager[Writer]: ...

    def blocks(self, path: str) -> Iterator[bytes]:
        """A stored file's bytes.

        Raises:
            FileFault: it is not there.
        """

    def make_folder(self, path: str) -> bool:
        """Keep an empty folder; False where the place has no folders."""

    def prove_writable(self) -> None: ...

    def clean_up(self) -> int:
        """Remove what broken transfers left: temporary files, open uploads; how many there were."""

    def remove(self) -> None:
        """Remove the whole tree; only for sandboxes."""
