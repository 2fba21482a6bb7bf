"""Proves that a target holds what a manifest says: every object read back, nothing missing, nothing besides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from sunset.dossier.names import shown
from sunset.files.comparing import side_by_side
from sunset.files.entries import Sent, Stored
from sunset.files.limits import Limits, Throttle
from sunset.files.places import FileFault, Target

_BATCH = 1000


def read_back(target: Target, limits: Limits) -> Iterator[Sent]:
    """Every object of the target with the SHA-256 of what it gives back, sorted."""
    throttle = Throttle(limits.bytes_per_second)
    listed = iter(target.stored())
    with ThreadPoolExecutor(limits.parallel) as readers:
        while batch := list(islice(listed, _BATCH)):
            yield from (each for each in readers.map(lambda one: _read(target, one, throttle), batch) if each)


def content_differences(manifest: Iterable[Sent], found: Iterable[Sent]) -> Iterator[str]:
    """Objects that are missing, unexpected, or not what was sent."""
    for sent, there in side_by_side(manifest, found):
        if there is None and sent is not None:
            yield f"{shown(sent.path)}: is missing on the target"
        elif sent is None and there is not None:
            yield f"{shown(there.path)}: is on the target and was not sent there"
        elif sent is not None and there is not None and (sent.size, sent.sha256) != (there.size, there.sha256):
            yield (
                f"{shown(sent.path)}: differs: {sent.size} bytes with SHA-256 {sent.sha256} were sent, "
                f"the target gives back {there.size} bytes with {there.sha256}"
            )


def changed_since(manifest: Iterable[Sent], target: Target, limits: Limits) -> Iterator[str]:
    """The same for a target that was proved before: an object is read only if it is not the one that was published."""
    throttle = Throttle(limits.bytes_per_second)
    for sent, there in side_by_side(manifest, target.stored()):
        if sent is None or there is None or sent.identity != there.identity:
            found = _read(target, there, throttle) if there else None
            yield from content_differences([sent] if sent else [], [found] if found else [])


def _read(target: Target, stored: Stored, throttle: Throttle) -> Sent | None:
    """What an object gives back; None where it went meanwhile."""
    digest, size = hashlib.sha256(), 0
    try:
        for block in target.blocks(stored.path):
            throttle.take(len(block))
            digest.update(block)
            size += len(block)
    except FileFault as fault:
        if fault.cause == "vanished":
            return None
        return Sent(stored.path, stored.size, 0, "", "unreadable", stored.identity)
    return Sent(stored.path, size, 0, "", digest.hexdigest(), stored.identity)
