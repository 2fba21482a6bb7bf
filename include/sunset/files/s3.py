"""A prefix in an S3 bucket: source and target. Keys are the prefix and the path, byte for byte.

Content goes through obstore. What obstore does not do goes through botocore: listings of any key, uploads in parts
that a later try continues, and keys that obstore's paths cannot spell.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, BinaryIO, cast

from sunset.errors import Refusal
from sunset.files.entries import Entry, Stored, order
from sunset.files.objects import Objects, bare, none_open, translated
from sunset.files.places import BLOCK

PART = 8 * 2**20
"""Bytes of one part of an upload; files up to this size go in one request."""
_MOST_PARTS = 10_000
_KEY_BYTES = 1024


@dataclass(frozen=True, slots=True)
class S3Tree:
    """All keys below a prefix. It is its own reader: any number of threads may use it.

    Attributes:
        objects: the bucket.
        prefix: what all keys begin with: empty, or ending in a slash.
    """

    objects: Objects
    prefix: str

    @property
    def place(self) -> str:
        return f"s3://{self.objects.bucket}/{self.prefix}"

    def entries(self) -> Iterator[Entry]:
        for key, size, mtime_ns, tag in self.objects.list(self.prefix, self.place):
            path = key.removeprefix(self.prefix)
            if not path or (path.endswith("/") and size == 0):
                yield Entry(path or "/", "folder", mtime_ns=mtime_ns)
            else:
                yield Entry(path, "file", size, mtime_ns, tag)

    @contextmanager
    def reader(self) -> Iterator[S3Tree]:
        yield self

    def look(self, path: str) -> Entry:
        with translated(self.place, path):
            found = self.objects.client.head_object(Bucket=self.objects.bucket, Key=self.prefix + path)
        mtime_ns = int(found["LastModified"].timestamp()) * 10**9
        return Entry(path, "file", int(found["ContentLength"]), mtime_ns, tag=bare(found["ETag"]))

    @contextmanager
    def open(self, path: str, offset: int) -> Iterator[BinaryIO]:
        with translated(self.place, path):
            yield cast("BinaryIO", _Blocks(self.objects.read(self.prefix + path, offset)))

    def objection(self, path: str) -> str:
        key = order(self.prefix + path)
        reasons = {
            "it is not UTF-8, and keys are": not _is_utf8(key),
            f"its key is longer than {_KEY_BYTES} bytes": len(key) > _KEY_BYTES,
            "it holds a NUL byte": b"\0" in key,
            "stores resolve segments of dots or refuse them": not {b".", b".."}.isdisjoint(key.split(b"/")),
            "it ends in a slash, which stands for a folder": key.endswith(b"/"),
        }
        return "; ".join(reason for reason, holds in reasons.items() if holds)

    def stored(self, first: str = "", last: str | None = None) -> Iterator[Stored]:
        common = _common(first, last) if last else ""
        for key, size, _, tag in self.objects.list(self.prefix + common, self.place):
            path = key.removeprefix(self.prefix)
            if last is not None and order(path) > order(last):
                return
            if order(path) >= order(first):
                yield Stored(path, size, f"{size}:{tag}")

    @contextmanager
    def writer(self, entry: Entry) -> Iterator[_S3Writer]:
        yield _S3Writer(self, entry, max(PART, -(-entry.size // _MOST_PARTS)))

    def blocks(self, path: str) -> Iterator[bytes]:
        with translated(self.place, path):
            yield from self.objects.read(self.prefix + path, 0)

    def make_folder(self, path: str) -> bool:  # noqa: ARG002  a store has no folders
        return False

    def prove_writable(self) -> None:
        key = f"{self.prefix}.sunset-probe"
        with translated(self.place):
            self.objects.client.put_object(Bucket=self.objects.bucket, Key=key, Body=b"")
            self.objects.client.delete_object(Bucket=self.objects.bucket, Key=key)

    def clean_up(self) -> int:
        uploads = list(self.uploads())
        with translated(self.place):
            for key, upload in uploads:
                self.objects.client.abort_multipart_upload(Bucket=self.objects.bucket, Key=key, UploadId=upload)
        return len(uploads)

    def remove(self) -> None:
        self.clean_up()
        with translated(self.place):
            for key, *_ in self.objects.list(self.prefix, self.place):
                self.objects.client.delete_object(Bucket=self.objects.bucket, Key=key)

    def uploads(self, path: str = "") -> Iterator[tuple[str, str]]:
        """Key and id of every open upload whose key begins like this."""
        from botocore.exceptions import ClientError

        with translated(self.place):
            pages = self.objects.client.get_paginator("list_multipart_uploads")
            try:
                for page in pages.paginate(Bucket=self.objects.bucket, Prefix=self.prefix + path):
                    for upload in page.get("Uploads", ()):
                        yield upload["Key"], upload["UploadId"]
            except ClientError as error:
                if not none_open(error):
                    raise


@dataclass(slots=True)
class _S3Writer:
    """Holds one part in memory. Small files go in one request, large ones in parts that a later try finds again."""

    tree: S3Tree
    entry: Entry
    part_size: int
    buffer: bytearray = field(default_factory=bytearray)
    upload: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)
    earlier: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    def held(self) -> Iterator[bytes]:
        # Parts cannot be read back before they are published: the source is read again, and what is there not sent.
        return iter(())

    def write(self, block: bytes) -> None:
        self.buffer += block
        while len(self.buffer) > self.part_size:
            self._send(bytes(self.buffer[: self.part_size]))
            del self.buffer[: self.part_size]

    def publish(self) -> str:
        objects, key = self.tree.objects, self._key
        with translated(self.tree.place, self.entry.path):
            if not self.upload:
                return f"{len(self.buffer)}:{objects.put(key, bytes(self.buffer))}"
            self._send(bytes(self.buffer))
            objects.client.complete_multipart_upload(
                Bucket=objects.bucket, Key=key, UploadId=self.upload, MultipartUpload={"Parts": self.parts}
            )
            # Not what the completion says: some servers list another ETag than that.
            done = objects.client.head_object(Bucket=objects.bucket, Key=key)
        return f"{done['ContentLength']}:{bare(done['ETag'])}"

    def abandon(self) -> None:
        if self.upload:
            objects = self.tree.objects
            with translated(self.tree.place, self.entry.path):
                objects.client.abort_multipart_upload(Bucket=objects.bucket, Key=self._key, UploadId=self.upload)

    @property
    def _key(self) -> str:
        return self.tree.prefix + self.entry.path

    def _send(self, part: bytes) -> None:
        objects, key, number = self.tree.objects, self._key, len(self.parts) + 1
        with translated(self.tree.place, self.entry.path):
            if not self.upload:
                self._begin()
            size, tag = self.earlier.get(number, (-1, ""))
            # Only to spare sending it: what proves the whole is our SHA-256 over what the store gives back.
            if size != len(part) or bare(tag) != hashlib.md5(part, usedforsecurity=False).hexdigest():
                tag = objects.client.upload_part(
                    Bucket=objects.bucket, Key=key, UploadId=self.upload, PartNumber=number, Body=part
                )["ETag"]
        self.parts.append({"PartNumber": number, "ETag": tag})

    def _begin(self) -> None:
        objects, key = self.tree.objects, self._key
        found = [upload for name, upload in self.tree.uploads(self.entry.path) if name == key]
        if found:
            self.upload = found[0]
            pages = objects.client.get_paginator("list_parts").paginate(
                Bucket=objects.bucket, Key=key, UploadId=self.upload
            )
            self.earlier = {
                part["PartNumber"]: (part["Size"], part["ETag"]) for page in pages for part in page.get("Parts", ())
            }
        else:
            self.upload = objects.client.create_multipart_upload(Bucket=objects.bucket, Key=key)["UploadId"]


@dataclass(slots=True)
class _Blocks:
    """Blocks as a file that is read to its end."""

    blocks: Iterator[bytes]
    left: bytes = b""

    def read(self, size: int = BLOCK) -> bytes:
        if not self.left:
            self.left = next(self.blocks, b"")
        block, self.left = self.left[:size], self.left[size:]
        return block


def _common(one: str, other: str) -> str:
    """The characters that both begin with."""
    return "".join(left for left, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _is_utf8(key: bytes) -> bool:
    try:
        key.decode()
    except UnicodeDecodeError:
        return False
    return True


def split(url: str) -> tuple[str, str]:
    """Bucket and prefix of a URL such as s3://bucket/folder.

    Raises:
        Refusal: it is none.
    """
    match = re.fullmatch(r"s3a?://([^/]+)(/.*)?", url, re.DOTALL)
    if not match:
        raise Refusal("is no URL such as s3://bucket/folder.", where=url, remedy="Correct it in the spec.")
    folder = (match[2] or "").strip("/")
    return match[1], f"{folder}/" if folder else ""
