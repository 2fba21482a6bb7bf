"""The folder of evidence of one run: records, pages and trees, each written once."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from sunset.dossier.canonical import digest, encode
from sunset.dossier.faults import AlreadyWritten, translated
from sunset.dossier.hashing import entry_of
from sunset.dossier.listing import regular
from sunset.dossier.local import LocalFiles
from sunset.dossier.names import confined, safe_name, shown
from sunset.dossier.store import Store
from sunset.dossier.trees import SUFFIX
from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sunset.dossier.listing import FileEntry

_RECORD = re.compile(r"(?P<stem>.+)\.(?P<number>[1-9][0-9]*)\.json")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a record lies in the dossier, and the SHA-256 of its bytes; small enough for XCom."""

    path: str
    sha256: str

    def to_json(self) -> dict[str, str]:
        """The reference as a dictionary."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Dossier:
    """`<stage>/<name>.<n>.json` and its like; `n` counts up when a task is run again with another result.

    Names may come from data: `safe_name` maps them to file names. Two writers at once get two numbers.
    """

    store: Store

    def record(self, stage: str, name: str, data: Mapping[str, Any]) -> Reference:
        """Write a record; the newest one again, byte for byte, makes no new one.

        Raises:
            ValueError: a number in the data is NaN or infinite.
            TypeError: the data holds what JSON does not have.
        """
        return self._append(stage, name, "json", encode(data))[0]

    def page(self, stage: str, name: str, text: str, suffix: Literal["html", "md", "txt"]) -> Reference:
        """Write a page for people."""
        return self._append(stage, name, suffix, text.encode())[0]

    def add_tree(self, stage: str, name: str, folder: Path) -> tuple[Reference, ...]:
        """Copy a local folder to `<stage>/<name>.<n>/`: first its manifest, which claims the number, then its files.

        Returns:
            The manifest's reference, then one for each file in the order of paths.

        Folders without files are not kept. The same folder once more completes what a killed task began.

        Raises:
            Refusal: the folder holds a link or a special file.
            Unavailable: a file changed meanwhile.
        """
        entries = [entry_of(folder / path, path) for path in _paths(folder)]
        data = encode({"files": [asdict(entry) for entry in entries]})
        manifest, number = self._append(stage, name, SUFFIX, data)
        tree = f"{_stem(stage, name)}.{number}"
        return manifest, *(self._put(tree, entry, folder / entry.path) for entry in entries)

    def latest(self, stage: str, name: str) -> dict[str, Any] | None:
        """The record with the highest number, None if there is none.

        Raises:
            Refusal: it is not JSON any more.
        """
        number = self._newest(stage, name, "json")
        return self._load(f"{_stem(stage, name)}.{number}.json") if number else None

    def records(self, stage: str) -> dict[str, dict[str, Any]]:
        """The newest record of each name of a stage, by safe name, sorted."""
        newest: dict[str, int] = {}
        folder = f"{safe_name(stage)}/"
        for path in self.store.list(folder):
            match = _RECORD.fullmatch(path.removeprefix(folder))
            if match and "/" not in match["stem"]:
                newest[match["stem"]] = max(newest.get(match["stem"], 0), int(match["number"]))
        return {stem: self._load(f"{folder}{stem}.{number}.json") for stem, number in sorted(newest.items())}

    def _put(self, tree: str, entry: FileEntry, local: Path) -> Reference:
        stored = self.store.put_file(f"{tree}/{entry.path}", local)
        if stored.sha256 != entry.sha256:
            raise Unavailable("changed while it was stored.", where=shown(str(local)), remedy="Run the task again.")
        return Reference(stored.path, stored.sha256)

    def _append(self, stage: str, name: str, suffix: str, data: bytes) -> tuple[Reference, int]:
        stem, newest = _stem(stage, name), self._newest(stage, name, suffix)
        if newest and self.store.read(f"{stem}.{newest}.{suffix}") == data:
            return Reference(f"{stem}.{newest}.{suffix}", digest(data)), newest
        number = newest
        while True:
            number += 1
            with suppress(AlreadyWritten):  # another writer took this number meanwhile
                entry = self.store.write_new(f"{stem}.{number}.{suffix}", data)
                return Reference(entry.path, entry.sha256), number

    def _newest(self, stage: str, name: str, suffix: str) -> int:
        start, end = f"{_stem(stage, name)}.", f".{suffix}"
        middles = (path[len(start) : -len(end)] for path in self.store.list(start) if path.endswith(end))
        return max((int(middle) for middle in middles if middle.isdecimal()), default=0)

    def _load(self, path: str) -> dict[str, Any]:
        try:
            return cast("dict[str, Any]", json.loads(self.store.read(path)))
        except ValueError as error:
            raise Refusal(
                "is no record any more: it cannot be read as JSON.",
                where=f"{self.store.uri}/{path}",
                remedy="Find out who changed it; restore the file, or begin a new run.",
            ) from error


def _stem(stage: str, name: str) -> str:
    return f"{safe_name(stage)}/{safe_name(name)}"


def _paths(folder: Path) -> list[str]:
    with translated(f"file://{folder}"):
        return sorted(confined(entry.path) for entry in regular(LocalFiles().scan(os.fspath(folder), ""), str(folder)))
