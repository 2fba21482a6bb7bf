"""The folder of a demo: one demo at a time, everything of the last one removed."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from typing import IO, TYPE_CHECKING

from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path


class DemoHome:
    """A folder that belongs to this process until it ends, killed or not."""

    def __init__(self, folder: Path, lock: IO[str]) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def take(cls, folder: Path) -> DemoHome:
        """Take the folder and empty it.

        Raises:
            Refusal: another demo runs in it, or it is somebody else's.
        """
        try:
            lock = _locked(folder)
            _empty(folder)
        except PermissionError as error:
            what = f"The last demo left something that is not ours to remove: {error.filename}."
            raise Refusal(what, where=str(folder), remedy="Remove the folder as its owner.") from None
        home = cls(folder, lock)
        home.announce("not up yet")
        return home

    def announce(self, address: str) -> None:
        """Tell whoever tries to start a second demo where this one is."""
        self._lock.truncate(0)
        self._lock.write(json.dumps({"pid": os.getpid(), "address": address}))
        self._lock.flush()

    def subfolder(self, name: str) -> Path:
        """A new folder in this one, for nobody else's eyes."""
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return folder


def _locked(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise _already_running(lock.read()) from None
    return lock


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != "lock":
            left.unlink()


def _already_running(note: str) -> Refusal:
    owner = json.loads(note) if note else {"pid": "unknown", "address": "not known yet"}
    return Refusal(
        "A demo is running already.",
        where=f"process {owner['pid']}, {owner['address']}",
        remedy="Look at it there, or end it with Ctrl-C in its terminal.",
    )
