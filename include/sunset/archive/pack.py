"""Pack a folder as a BagIt bag into a store, and read every byte back before it counts.

A bag is finished when it has its `bagit.txt`, which is written last. Until then `packing.json` stands beside it
and says who is packing; what a killed packer left is removed by the next one, and nothing without that file is.
"""

from __future__ import annotations

import json
import os
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset.archive import layout, manifest
from sunset.archive.contents import Content, contents, tag_files
from sunset.archive.inspect import inspect_bag
from sunset.dossier.canonical import digest, encode
from sunset.dossier.compare import differences, irregular, surplus
from sunset.dossier.faults import AlreadyWritten, Missing
from sunset.dossier.listing import FileEntry
from sunset.errors import Deviation, Locked, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sunset.dossier.problems import Problem
    from sunset.dossier.store import Store

_WRITERS = 4
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """A finished bag.

    Attributes:
        uri: where it is.
        files: number of payload files.
        bytes: size of the payload in bytes.
        manifest_sha256: SHA-256 of `manifest-sha256.txt`, which holds the SHA-256 of every payload file.
    """

    uri: str
    files: int
    bytes: int
    manifest_sha256: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def pack(payload: Path, destination: Store, info: Mapping[str, str]) -> Receipt:
    """Pack `payload` as the bag that `destination` is the folder of; packing the same once more changes nothing.

    Args:
        payload: local folder; its content becomes the bag's `data/` and is not touched.
        destination: an empty folder, or one with an unfinished bag.
        info: lines of bag-info.txt, by label: product, run, retention.

    Raises:
        AlreadyWritten: a finished bag with another payload is there.
        Deviation: what the store gives back is not what was sent.
        Locked: another packer took over the destination.
        Refusal: the payload or the destination cannot be used.
    """
    packed = contents(payload)
    tags = tag_files(packed, info)
    receipt = _receipt(packed, tags, destination)
    if _is_finished(destination):
        _require_same(destination, tags)
        destination.delete_tree(layout.PACKING)
        _require_none(inspect_bag(destination, destination.scan()), destination)
        return receipt
    claim = _claim(destination)
    try:
        _upload(packed, tags, destination)
        problems = _read_back(packed, tags, destination)
    finally:
        _require_claim(destination, claim)  # an error of a packer that was overtaken means nothing else
    _require_none(problems, destination)
    destination.write_new(layout.DECLARATION, tags[layout.DECLARATION])
    destination.delete_tree(layout.PACKING)
    return receipt


def _receipt(packed: Sequence[Content], tags: Mapping[str, bytes], destination: Store) -> Receipt:
    return Receipt(
        uri=destination.uri,
        files=len(packed),
        bytes=sum(content.size for content in packed),
        manifest_sha256=digest(tags[layout.manifest("sha256")]),
    )


def _is_finished(destination: Store) -> bool:
    return layout.DECLARATION in destination.list(layout.DECLARATION)


def _require_same(destination: Store, tags: Mapping[str, bytes]) -> None:
    """Two payloads are the same if their manifests are."""
    name = layout.manifest("sha256")
    there, ours = manifest.read(destination.read(name)).entries, manifest.read(tags[name]).entries
    differing = sorted(path for path in there.keys() | ours.keys() if there.get(path) != ours.get(path))
    if differing:
        raise AlreadyWritten(
            f"a finished bag with another payload is there; {len(differing)} files differ: "
            f"{', '.join(differing[:_SHOWN])}.",
            where=destination.uri,
            remedy="Keep it and pack under another name.",
        )


def _claim(destination: Store) -> bytes:
    """Take the destination: remove what a killed packer left, and say who is at work now."""
    destination.sweep()
    found = [entry.path for entry in destination.scan()]
    if found and layout.PACKING not in found:
        where = f"{destination.uri}/{found[0]}"
        raise Refusal("stands where a bag is to be packed.", where=where, remedy="Choose an empty folder.")
    for top in sorted({path.partition("/")[0] for path in found} - {layout.PACKING}):
        destination.delete_tree(top)
    destination.delete_tree(layout.PACKING)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    claim = encode({"host": socket.gethostname(), "pid": os.getpid(), "since": started, "token": uuid.uuid4().hex})
    try:
        destination.write_new(layout.PACKING, claim)
    except AlreadyWritten:
        _require_claim(destination, claim)
    return claim


def _require_claim(destination: Store, claim: bytes) -> None:
    try:
        now = destination.read(layout.PACKING)
    except Missing:
        raise Locked("another packer was faster.", where=destination.uri, remedy="Run the task again.") from None
    if now != claim:
        owner = json.loads(now)
        what = f"is being packed by process {owner['pid']} on {owner['host']} since {owner['since']}."
        raise Locked(what, where=destination.uri, remedy="Let that one finish.")


def _upload(packed: Sequence[Content], tags: Mapping[str, bytes], destination: Store) -> None:
    with ThreadPoolExecutor(_WRITERS) as writers:
        for _ in writers.map(lambda content: _store(content, destination), packed):
            pass
    for name, data in tags.items():
        if name != layout.DECLARATION:
            destination.write_new(name, data)


def _store(content: Content, destination: Store) -> None:
    if content.size:
        destination.put_file(content.path, content.local)
    else:
        destination.write_new(content.path, b"")


def _read_back(packed: Sequence[Content], tags: Mapping[str, bytes], destination: Store) -> list[Problem]:
    """Read every file from the store and compare it with what was sent."""
    sent = {content.path: content.entry for content in packed}
    written = {name: data for name, data in tags.items() if name != layout.DECLARATION}
    sent |= {name: FileEntry(name, len(data), digest(data)) for name, data in written.items()}
    found = [entry for entry in destination.scan() if entry.path != layout.PACKING]
    return irregular(found) + differences(destination, found, sent) + surplus(found, sent)


def _require_none(problems: Sequence[Problem], destination: Store) -> None:
    if problems:
        raise Deviation(
            "The store does not hold what was packed.",
            where=destination.uri,
            remedy="Run the task again; if it fails again, look at the store.",
            differences=tuple(map(str, problems)),
            record=destination.uri,
        )
