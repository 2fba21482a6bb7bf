"""Files of a store behind fsspec: objects appear whole, so exclusive creation is all that is needed."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.dossier.listing import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fsspec import AbstractFileSystem

_DELETERS = 8


@dataclass(frozen=True, slots=True)
class RemoteFiles:
    """Writing and listing on an object store; all paths begin with the bucket."""

    fs: AbstractFileSystem

    def create(self, path: str, data: bytes) -> None:
        """Publish a new object.

        Raises:
            FileExistsError: the path is taken.
        """
        self._refuse_taken(path)
        self.fs.pipe_file(path, data, mode="create")

    def create_from(self, path: str, source: Path) -> None:
        """Publish a new object with the content of `source`.

        Raises:
            FileExistsError: the path is taken.
        """
        self._refuse_taken(path)
        self.fs.put_file(str(source), path, mode="create")

    def replace(self, path: str, data: bytes) -> None:
        """Write an object, in the place of the one there was."""
        self.fs.pipe_file(path, data)

    def _refuse_taken(self, path: str) -> None:
        """Not every S3 store honours `If-None-Match`; this keeps written files safe on those, races aside."""
        self.fs.invalidate_cache(path)
        try:
            found = self.fs.info(path)
        except FileNotFoundError:
            return
        if found["type"] == "file":
            raise FileExistsError(path)

    def scan(self, folder: str, start: str) -> Iterator[Listed]:
        """Everything below `folder` whose path from there begins with `start`."""
        self.fs.invalidate_cache()
        narrowed = {"prefix": start} if start and "s3" in self.fs.protocol else {}
        for path, info in self.fs.find(folder, detail=True, **narrowed).items():
            name = path.removeprefix(f"{folder}/")
            if path.startswith(f"{folder}/") and name.startswith(start) and not name.endswith("/"):
                yield Listed(name, info["size"])

    def remove_tree(self, path: str) -> None:
        """Remove an object and all objects below it."""
        self.fs.invalidate_cache()
        with ThreadPoolExecutor(_DELETERS) as deleters:
            # not `fs.rm`, which takes `*` and `[` in a name for a pattern
            for _ in deleters.map(self.fs.rm_file, self.fs.find(path)):
                pass
        self.fs.invalidate_cache()
        left = self.fs.find(path)
        if left:
            raise OSError(errno.EPERM, f"{len(left)} objects could not be deleted")

    def sweep(self, folder: str) -> None:
        """Abort the multipart uploads that killed writers left open: they take space and no listing shows them."""
        if "s3" not in self.fs.protocol:
            return
        bucket, _, key = folder.partition("/")
        answer = self.fs.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=f"{key}/" if key else "")
        for upload in answer.get("Uploads", ()):
            self.fs.call_s3("abort_multipart_upload", Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
