"""A folder of this machine, or of a share that it mounts: source and target."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from sunset.dossier.faults import translated
from sunset.errors import Locked, Refusal
from sunset.files.entries import Entry, Stored, order
from sunset.files.places import BLOCK, FOUR_MIB, FileFault
from sunset.files.walk import entry_at, walk

_NAME_BYTES, _PATH_BYTES = 255, 4000
_PART = ".sunset-part-"
_UNFINISHED = re.compile(rb"(?:.*/)?\.sunset-part-[0-9a-f]{32}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LocalTree:
    """A local folder by its absolute path. It is its own reader: any number of threads may use it."""

    root: str

    @property
    def place(self) -> str:
        return f"file://{self.root}"

    def entries(self) -> Iterator[Entry]:
        if not os.path.isdir(self.root):
            raise Refusal("is not there.", where=self.place, remedy="Check the path, and that it is mounted.")
        with translated(self.place):
            yield from walk(self._root)

    @contextmanager
    def reader(self) -> Iterator[LocalTree]:
        yield self

    def look(self, path: str) -> Entry:
        with _about(path):
            entry = entry_at(self._at(path), order(path))
        if entry.kind != "file":
            raise FileFault(path, "changed", f"is a {entry.kind} now.")
        return entry

    @contextmanager
    def open(self, path: str, offset: int) -> Iterator[BinaryIO]:
        with _about(path):
            file = os.fdopen(os.open(self._at(path), os.O_RDONLY | os.O_NOFOLLOW), "rb", buffering=0)
        with file, _about(path):
            file.seek(offset)
            yield file

    def objection(self, path: str) -> str:
        segments = order(path).rstrip(b"/").split(b"/")
        reasons = {
            "it holds a NUL byte": b"\0" in order(path),
            "it has an empty segment, or one of dots, and would not stay what it is": not {b"", b".", b".."}.isdisjoint(
                segments
            ),
            f"a segment of it is longer than {_NAME_BYTES} bytes": any(len(each) > _NAME_BYTES for each in segments),
            f"it is longer than {_PATH_BYTES} bytes": len(order(path)) + len(self._root) > _PATH_BYTES,
            "this form of name is kept for unfinished files": _UNFINISHED.fullmatch(order(path)) is not None,
        }
        return "; ".join(reason for reason, holds in reasons.items() if holds)

    def stored(self, first: str = "", last: str | None = None) -> Iterator[Stored]:
        if not os.path.isdir(self.root):
            return
        with translated(self.place):
            for entry in walk(self._root, order(first), None if last is None else order(last)):
                if entry.kind not in ("folder", "unreadable") and not _UNFINISHED.fullmatch(order(entry.path)):
                    yield Stored(entry.path, entry.size, self._identity(entry))

    @contextmanager
    def writer(self, entry: Entry) -> Iterator[_LocalWriter]:
        final = self._at(entry.path)
        mark = hashlib.sha256(repr((entry.path, entry.version)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        part = os.path.join(os.path.dirname(final), f"{_PART}{mark}".encode())
        with translated(self.place, entry.path):
            os.makedirs(os.path.dirname(final), exist_ok=True)
            with open(part, "a+b", buffering=0) as file:
                _lock(file, entry.path)
                yield _LocalWriter(self, entry, part, final, file)

    def blocks(self, path: str) -> Iterator[bytes]:
        with self.open(path, 0) as file:
            while block := file.read(BLOCK):
                yield block

    def make_folder(self, path: str) -> bool:
        with translated(self.place, path):
            os.makedirs(self._at(path), exist_ok=True)
        return True

    def prove_writable(self) -> None:
        with translated(self.place):
            os.makedirs(self.root, exist_ok=True)
            probe = os.path.join(self.root, f"{_PART}{uuid.uuid4().hex}")
            with open(probe, "xb"):
                os.unlink(probe)

    def clean_up(self) -> int:
        with translated(self.place):
            found = [each.path for each in walk(self._root) if _UNFINISHED.fullmatch(order(each.path))]
            for path in found:
                os.unlink(os.path.join(self._root, order(path)))
        return len(found)

    def remove(self) -> None:
        with translated(self.place):
            if os.path.isdir(self.root):
                shutil.rmtree(self._root)

    @property
    def _root(self) -> bytes:
        return os.fsencode(self.root)

    def _at(self, path: str) -> bytes:
        """The path on this machine; nothing on the way there may be a link, which could lead out of the root."""
        if objection := self.objection(path):
            raise FileFault(path, "name", f"cannot be a path here: {objection}.")
        place = self._root
        *folders, name = order(path).rstrip(b"/").split(b"/")
        for folder in folders:
            place = os.path.join(place, folder)
            if os.path.islink(place):
                raise FileFault(path, "changed", "leads through a link, and links are not followed.")
        return os.path.join(place, name)

    def _identity(self, entry: Entry) -> str:
        try:
            return identity_of(os.lstat(os.path.join(self._root, order(entry.path))))
        except FileNotFoundError:
            return "gone"


@dataclass(slots=True)
class _LocalWriter:
    tree: LocalTree
    entry: Entry
    part: bytes
    final: bytes
    file: BinaryIO
    _size: int = field(default=0)

    def held(self) -> Iterator[bytes]:
        self.file.seek(0)
        while block := self.file.read(FOUR_MIB):
            self._size += len(block)
            yield block

    def write(self, block: bytes) -> None:
        with translated(self.tree.place, self.entry.path):
            view = memoryview(block)
            while view:
                view = view[self.file.write(view) :]

    def publish(self) -> str:
        with translated(self.tree.place, self.entry.path):
            os.fsync(self.file.fileno())
            os.utime(self.file.fileno(), ns=(self.entry.mtime_ns, self.entry.mtime_ns))
            os.rename(self.part, self.final)
            return identity_of(os.fstat(self.file.fileno()))

    def abandon(self) -> None:
        os.unlink(self.part)


def identity_of(found: os.stat_result) -> str:
    """Changes with every write: the time of the last change of state cannot be set by hand."""
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"


def _lock(file: BinaryIO, path: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked("is being written by another task.", where=path, remedy="Let that one finish.") from None


@contextmanager
def _about(path: str) -> Iterator[None]:
    """Faults of one file, told from those of the whole place."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise FileFault(path, "vanished", "is not there any more.") from None
    except PermissionError:
        raise FileFault(path, "unreadable", "cannot be read: no permission.") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FileFault(path, "changed", "is a link now.") from None
        if error.errno == errno.EIO:
            raise FileFault(path, "unreadable", "cannot be read: the disk gives an error.") from None
        raise
