"""A folder on any fsspec file system, in which files are written once."""

from __future__ import annotations

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from sunset.dossier.faults import AlreadyWritten, translated
from sunset.dossier.hashing import BLOCK, digests, entry_of, sha256
from sunset.dossier.listing import FileEntry, Listed, regular
from sunset.dossier.local import LocalFiles
from sunset.dossier.names import confined, shown
from sunset.dossier.remote import RemoteFiles
from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from fsspec import AbstractFileSystem

_READERS = 8


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of a file system; every path is relative to it, with `/` between segments.

    All methods raise `Missing` or another `Refusal` where trying again changes nothing, and `Unavailable`
    where the store did not answer.

    Attributes:
        fs: any fsspec file system.
        root: the folder as `fs` spells it: an absolute path, or bucket and key.
    """

    fs: AbstractFileSystem
    root: str

    @property
    def uri(self) -> str:
        """Where the folder is, without credentials."""
        protocols = (self.fs.protocol,) if isinstance(self.fs.protocol, str) else self.fs.protocol
        return f"{protocols[0]}://{self._folder}"

    def child(self, path: str) -> Store:
        """The folder at `path` as a store of its own."""
        return Store(self.fs, self._at(path))

    def write_new(self, path: str, data: bytes) -> FileEntry:
        """Write a file that is never changed again; the same bytes once more are no error.

        Raises:
            AlreadyWritten: the path holds other bytes.
        """
        entry = FileEntry(path, len(data), sha256([data]))
        with translated(self.uri, path):
            try:
                self._files.create(self._at(path), data)
            except FileExistsError:
                self._require_same(entry)
        return entry

    def replace(self, path: str, data: bytes) -> None:
        """Write a file in the place of the one there was: a state that passes, never evidence."""
        with translated(self.uri, path):
            self._files.replace(self._at(path), data)

    def put_file(self, path: str, local: Path) -> FileEntry:
        """Write a file with the content of a local one, streaming; the same content once more is no error.

        Raises:
            AlreadyWritten: the path holds other content.
            Unavailable: the local file changed meanwhile, or the store holds another size afterwards.
        """
        before = local.stat()
        entry = entry_of(local, path)
        with translated(self.uri, path):
            try:
                self._files.create_from(self._at(path), local)
            except FileExistsError:
                self._require_same(entry)
            self.fs.invalidate_cache(self._at(path))
            stored = self.fs.size(self._at(path))
        after = local.stat()
        if stored != entry.size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise Unavailable("changed while it was stored.", where=shown(str(local)), remedy="Remove the copy, retry.")
        return entry

    def read(self, path: str) -> bytes:
        """The content of a file that fits in memory."""
        with translated(self.uri, path):
            return cast("bytes", self.fs.cat_file(self._at(path)))

    def open(self, path: str) -> IO[bytes]:
        """A file for reading."""
        with translated(self.uri, path):
            self.fs.invalidate_cache(self._at(path))
            return cast("IO[bytes]", self.fs.open(self._at(path), "rb", block_size=BLOCK))

    def chunks(self, path: str) -> Iterator[bytes]:
        """The content of a file in blocks of at most 4 MiB."""
        with self.open(path) as file:
            while True:
                with translated(self.uri, path):
                    block = file.read(BLOCK)
                if not block:
                    return
                yield block

    def sha256(self, path: str) -> str:
        """SHA-256 of a file, read in blocks."""
        return sha256(self.chunks(path))

    def digests(self, path: str, algorithms: Sequence[str]) -> dict[str, str]:
        """Digests of a file by several of hashlib's algorithms, read once."""
        return digests(self.chunks(path), algorithms)

    def hashed(self, paths: Sequence[str]) -> dict[str, str]:
        """SHA-256 of several files, read side by side."""
        with ThreadPoolExecutor(_READERS) as readers:
            return dict(zip(paths, readers.map(self.sha256, paths), strict=True))

    def scan(self, prefix: str = "") -> tuple[Listed, ...]:
        """Everything whose path begins with `prefix`, sorted: also links, special and unfinished files."""
        above, slash, start = prefix.rpartition("/")
        with translated(self.uri, prefix):
            found = [*self._files.scan(self._at(above) if above else self._folder, start)]
        moved = (replace(entry, path=f"{above}{slash}{entry.path}") for entry in found)
        return tuple(sorted(moved, key=lambda entry: entry.path))

    def files(self, prefix: str = "") -> tuple[Listed, ...]:
        """All files whose path begins with `prefix`, sorted, without those that are still being written.

        Raises:
            Refusal: a link or a special file stands among them.
        """
        return regular(self.scan(prefix), self.uri)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """The paths of `files`."""
        return tuple(entry.path for entry in self.files(prefix))

    def delete_tree(self, path: str) -> None:
        """Remove a file or a folder with all below it; nothing there is no error."""
        with translated(self.uri, path):
            self._files.remove_tree(self._at(path))

    def prove_writable(self) -> None:
        """Write an empty file and remove it again.

        Raises:
            Refusal: the store does not let us.
        """
        probe = f".probe-{uuid.uuid4().hex}"
        self.write_new(probe, b"")
        self.delete_tree(probe)

    def sweep(self) -> None:
        """Remove what killed writers left behind; a writer at work loses its file and gets an error."""
        with translated(self.uri):
            self._files.sweep(self._folder)

    @property
    def _files(self) -> LocalFiles | RemoteFiles:
        return LocalFiles() if getattr(self.fs, "local_file", False) else RemoteFiles(self.fs)

    @property
    def _folder(self) -> str:
        return self.root.rstrip("/")

    def _at(self, path: str) -> str:
        return f"{self._folder}/{confined(path)}"

    def _require_same(self, entry: FileEntry) -> None:
        if self.sha256(entry.path) != entry.sha256:
            raise AlreadyWritten(
                "exists with other content and is never overwritten.",
                where=f"{self.uri}/{shown(entry.path)}",
                remedy="Write under another name.",
            )


def open_store(url: str, storage_options: Mapping[str, Any] | None = None) -> Store:
    """A store by its URL or local path, for use outside Airflow.

    Raises:
        Refusal: the URL's scheme is unknown or its driver is not installed.
    """
    from fsspec.core import url_to_fs
    from fsspec.implementations.local import LocalFileSystem

    scheme, separator, rest = url.partition("://")
    if not separator or scheme in ("file", "local"):
        return Store(LocalFileSystem(), os.path.abspath(rest if separator else url))
    try:
        fs, root = url_to_fs(url, **(storage_options or {}))
    except (ValueError, ImportError) as error:
        where = f"{scheme}://{urlsplit(url).hostname or ''}"
        raise Refusal(f"cannot be opened: {error}.", where=where, remedy="Use file:// or s3://.") from error
    return Store(fs, root)
