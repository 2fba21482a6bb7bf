"""Lists a local tree in the order of paths' bytes, one folder in memory at a time; links are never followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from sunset.files.entries import Entry


def walk(root: bytes, first: bytes = b"", last: bytes | None = None) -> Iterator[Entry]:
    """Everything below `root` whose path lies between `first` and `last`, both included."""
    return _folder(root, b"", first, last)


def entry_at(path: bytes, name: bytes) -> Entry:
    """The entry of one path.

    Raises:
        OSError: nothing there.
    """
    found = os.lstat(path)
    text = os.fsdecode(name)
    if stat.S_ISLNK(found.st_mode):
        return Entry(text, "link", link=os.fsdecode(os.readlink(path)))
    if not stat.S_ISREG(found.st_mode):
        return Entry(text, "special", mtime_ns=found.st_mtime_ns)
    return Entry(text, "file", found.st_size, found.st_mtime_ns)


def _folder(root: bytes, prefix: bytes, first: bytes, last: bytes | None) -> Iterator[Entry]:
    try:
        names = _names(os.path.join(root, prefix))
    except PermissionError:
        yield Entry(os.fsdecode(prefix), "unreadable")
        return
    except FileNotFoundError:
        if not prefix:
            raise
        return  # removed since its parent was read
    if not names and prefix and prefix >= first:
        yield Entry(os.fsdecode(prefix), "folder")
    for name in names:
        path = prefix + name
        if last is not None and path > last:
            return
        if not name.endswith(b"/"):
            if path >= first:
                yield from _present(root, path)
        elif path >= first or first.startswith(path):
            yield from _folder(root, path, first, last)


def _names(folder: bytes) -> list[bytes]:
    """What a folder holds, sorted; with its slash a folder sorts where the paths below it do."""
    with os.scandir(folder) as found:
        return sorted(each.name + (b"/" if each.is_dir(follow_symlinks=False) else b"") for each in found)


def _present(root: bytes, path: bytes) -> Iterator[Entry]:
    try:
        yield entry_at(os.path.join(root, path), path)
    except FileNotFoundError:
        return  # removed since its folder was read
