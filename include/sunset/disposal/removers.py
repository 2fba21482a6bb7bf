"""One session in which files of a tree are removed one by one: on this machine, or behind SFTP."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from sunset.files.entries import Entry, order

if TYPE_CHECKING:
    from sunset.files.local import LocalTree
    from sunset.files.sftp import SftpReader


class Remover(Protocol):
    """One session in which files are looked at and removed."""

    def look(self, path: str) -> Entry:
        """The file as it stands; raises FileFault where it is gone."""

    def remove(self, path: str) -> None: ...

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder.

        Raises:
            OSError: it is not empty, or there is none.
        """

    def names(self, path: str) -> int:
        """How many names the file's content has on its file system; 1 where that cannot be told."""


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """Removes below a folder; nothing on the way there may be a link, as `look` has found."""

    tree: LocalTree

    def look(self, path: str) -> Entry:
        return self.tree.look(path)

    def remove(self, path: str) -> None:
        os.unlink(self._at(path))

    def remove_folder(self, path: str) -> None:
        os.rmdir(self._at(path.rstrip("/")))

    def names(self, path: str) -> int:
        return os.lstat(self._at(path)).st_nlink

    def _at(self, path: str) -> bytes:
        return os.path.join(os.fsencode(self.tree.root), order(path))


@dataclass(frozen=True, slots=True)
class SftpFolder:
    """Removes behind an SFTP server; names go over the wire as bytes."""

    reader: SftpReader

    def look(self, path: str) -> Entry:
        return self.reader.look(path)

    def remove(self, path: str) -> None:
        self.reader.client.remove(cast("str", self._at(path)))

    def remove_folder(self, path: str) -> None:
        self.reader.client.rmdir(cast("str", self._at(path.rstrip("/"))))

    def names(self, path: str) -> int:  # noqa: ARG002  the protocol does not tell
        return 1

    def _at(self, path: str) -> bytes:
        return order(self.reader.tree.root).rstrip(b"/") + b"/" + order(path)
