"""Destroys files of a tree, local or behind SFTP: those on the list, in the very version that the list has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.disposal.items import Item, Remnant
from sunset.disposal.removers import LocalFolder, Remover, SftpFolder
from sunset.dossier.names import shown
from sunset.errors import Refusal
from sunset.files.entries import Entry, order
from sunset.files.local import LocalTree
from sunset.files.places import FileFault, Source

if TYPE_CHECKING:
    from sunset.files.sftp import SftpTree

FILE, FOLDER = "file", "folder"
_SHOWN = 50
_KEPT = "was on the list and is still there."


@dataclass(frozen=True, slots=True)
class TreeDestroyer:
    """Files below the root of a tree.

    Attributes:
        tree: the tree as it is read.
        removing: opens a session that removes.
        tool_name: what carries it out.
    """

    tree: Source
    removing: Callable[[], AbstractContextManager[Remover]]
    tool_name: str

    @property
    def place(self) -> str:
        return self.tree.place

    @property
    def method(self) -> str:
        return "removal of each file on the list, then of the folders that are empty; the medium is not overwritten"

    def tool(self) -> str:
        return self.tool_name

    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        with self.removing() as session:
            folders = []
            for item in items:
                if item.kind == FOLDER:
                    folders.append(item.name)
                else:
                    yield from _remove(session, item)
            for folder in sorted(folders, key=order, reverse=True):  # the inner ones first
                yield from _remove_folder(session, folder)

    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        listed = {item.name for item in items if item.kind == FILE}
        others = 0
        try:
            for entry in self.tree.entries():
                if entry.path in listed:
                    yield Remnant(entry.kind, shown(entry.path), _KEPT, holds_data=True, listed=True)
                elif entry.kind != FOLDER:
                    others += 1
                    if others <= _SHOWN:
                        yield Remnant(entry.kind, shown(entry.path), "was not on the list.", holds_data=False)
        except Refusal:  # the whole root is gone
            return
        if others > _SHOWN:
            yield Remnant("files", self.place, f"{others - _SHOWN} more were not on the list.", holds_data=False)


def version_of(entry: Entry) -> str:
    """What tells a file from a later one of its name."""
    return ":".join(map(str, entry.version)).rstrip(":")


def folders_above(paths: Iterable[str]) -> Iterator[str]:
    """The folders in which files lie, each once and with its slash."""
    seen = set[str]()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in seen:
            seen.add(folder)
            yield f"{folder}/"
            folder = folder.rpartition("/")[0]


def _remove(session: Remover, item: Item) -> Iterator[Remnant]:
    """Remove a file if it is the one on the list; one that is gone already is no error."""
    path = item.name
    try:
        if version_of(session.look(path)) != item.version:
            yield Remnant(FILE, shown(path), "was changed after the list was approved, and left.", True, listed=True)
            return
        if session.names(path) > 1:
            what = "its content has another name on the same file system, and stays under that one."
            yield Remnant("hard link", shown(path), what, holds_data=True)
        session.remove(path)
    except FileFault as fault:
        if fault.cause != "vanished":
            yield Remnant(FILE, shown(path), f"was left: it {fault.what}", holds_data=True, listed=True)
    except PermissionError:
        yield Remnant(FILE, shown(path), "could not be removed: no permission.", holds_data=True, listed=True)
    except FileNotFoundError:
        return


def _remove_folder(session: Remover, path: str) -> Iterator[Remnant]:
    try:
        session.remove_folder(path)
    except FileNotFoundError:
        return
    except OSError:
        yield Remnant(FOLDER, shown(path), "is not empty, or may not be removed.", holds_data=False)


def local_destroyer(tree: LocalTree) -> TreeDestroyer:
    """For a folder of this machine, or of a share that it mounts."""

    @contextmanager
    def removing() -> Iterator[Remover]:
        yield LocalFolder(tree)

    return TreeDestroyer(tree, removing, f"{os.uname().sysname} {os.uname().release}, unlink")


def sftp_destroyer(tree: SftpTree) -> TreeDestroyer:
    """For a folder behind an SFTP server."""

    @contextmanager
    def removing() -> Iterator[Remover]:
        with tree.reader() as reader:
            yield SftpFolder(reader)

    return TreeDestroyer(tree, removing, "SFTP, SSH_FXP_REMOVE")
