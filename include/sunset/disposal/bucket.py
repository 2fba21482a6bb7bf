"""Destroys objects of a bucket with all their versions and delete markers: those on the list, and no other.

Each is deleted by its version: a DELETE without one only puts a marker above. Locks are never by-passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sunset.disposal.items import Item, Remnant
from sunset.dossier.names import shown
from sunset.files.objects import bare, translated
from sunset.files.places import FileFault
from sunset.files.s3 import S3Tree

VERSION, MARKER = "object version", "delete marker"
_DELETERS = 8
_BATCH = 1000
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class BucketDestroyer:
    """Objects below a prefix of a bucket; an item's name is its whole key, its version id and ETag the version."""

    tree: S3Tree

    @property
    def place(self) -> str:
        return self.tree.place

    @property
    def method(self) -> str:
        return "DELETE of each object version and delete marker on the list, by its version id; locks not by-passed"

    def tool(self) -> str:
        import botocore

        return f"S3 DeleteObject, botocore {botocore.__version__}"

    def items(self, keys: Iterable[tuple[str, str, str]]) -> Iterator[Item]:
        """Every version of every one of these keys.

        Args:
            keys: key, disposition and SHA-256 of each, the last empty where unknown.
        """
        wanted = {key: (do, sha256) for key, do, sha256 in keys}
        for found in self.versions():
            if found.name in wanted:
                do, sha256 = wanted[found.name]
                yield Item(found.kind, found.name, found.version, found.size, do, sha256)

    def versions(self) -> Iterator[Item]:
        """Every version and delete marker below the prefix."""
        with translated(self.place):
            pages = self.tree.objects.client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self.tree.objects.bucket, Prefix=self.tree.prefix):
                for each in page.get("Versions", ()):
                    version = f"{each['VersionId']} {bare(each['ETag'])}"
                    yield Item(VERSION, each["Key"], version, int(each["Size"]))
                for each in page.get("DeleteMarkers", ()):
                    yield Item(MARKER, each["Key"], str(each["VersionId"]))

    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        there = {(each.name, _id(each)): each.version for each in self.versions()}
        here = (item for item in items if (item.name, _id(item)) in there)
        with ThreadPoolExecutor(_DELETERS) as deleters:
            while batch := list(islice(here, _BATCH)):
                same = [item for item in batch if there[item.name, _id(item)] == item.version]
                for item in (item for item in batch if item not in same):  # a bucket without versions
                    what = "was written again after the list was approved, and left."
                    yield Remnant(item.kind, shown(item.name), what, holds_data=True, listed=True)
                yield from (left for left in deleters.map(self._delete, same) if left)

    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        listed = {(item.name, _id(item)) for item in items}
        others = 0
        for found in self.versions():
            if (found.name, _id(found)) in listed:
                what = f"version {_id(found)} was on the list and is still there{self._lock_of(found)}."
                yield Remnant(found.kind, shown(found.name), what, found.kind == VERSION, listed=True)
            else:
                others += 1
                if others <= _SHOWN:
                    what = f"version {_id(found)} was not on the list."
                    yield Remnant(found.kind, shown(found.name), what, holds_data=False)
        if others > _SHOWN:
            yield Remnant("versions", self.place, f"{others - _SHOWN} more were not on the list.", holds_data=False)
        for key, _ in self.tree.uploads():
            what = "an upload in parts was never finished: what was sent of it is kept and shows in no listing."
            yield Remnant("open upload", shown(key), what, holds_data=True)
        yield from self._replicas()

    def _delete(self, item: Item) -> Remnant | None:
        objects = self.tree.objects
        try:
            with translated(self.place, item.name):
                objects.client.delete_object(Bucket=objects.bucket, Key=item.name, VersionId=_id(item))
        except FileFault as fault:
            if fault.cause == "vanished":
                return None
            what = f"version {_id(item)} could not be deleted{self._lock_of(item) or ': no permission'}."
            return Remnant("locked version", shown(item.name), what, item.kind == VERSION, listed=True)
        return None

    def _lock_of(self, item: Item) -> str:
        """The lock on a version in words; empty where it has none, or the store none to tell."""
        where = {"Bucket": self.tree.objects.bucket, "Key": item.name, "VersionId": _id(item)}
        kept: dict[str, Any] = {}
        with _none_told():
            kept = self.tree.objects.client.head_object(**where)
        locks = []
        if "ObjectLockMode" in kept:
            locks.append(f"{kept['ObjectLockMode']} lock until {kept['ObjectLockRetainUntilDate']:%Y-%m-%d}")
        if kept.get("ObjectLockLegalHoldStatus") == "ON":
            locks.append("legal hold")
        return f": {' and '.join(locks)}" if locks else ""

    def _replicas(self) -> Iterator[Remnant]:
        rules: list[Any] = []
        with _none_told():
            asked = self.tree.objects.client.get_bucket_replication(Bucket=self.tree.objects.bucket)
            rules = asked["ReplicationConfiguration"]["Rules"]
        for rule in rules:
            what = "the bucket is replicated there: deleting a version here does not delete its replica."
            yield Remnant("replica", str(rule["Destination"]["Bucket"]), what, holds_data=True)


@contextmanager
def _none_told() -> Iterator[None]:
    """A store that has no such thing, or does not tell, answers with an error."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError:
        return


def _id(item: Item) -> str:
    return item.version.partition(" ")[0]
