"""Paths inside a store, and file names made from names that come from data."""

from __future__ import annotations

import hashlib
import json
import re

from sunset.errors import Refusal

NAME_BYTES = 200  # leaves room for numbers and suffixes in the 255 bytes that file systems allow

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-.")
_DIGEST_DIGITS = 32
_DRIVE = re.compile(r"[A-Za-z]:")
_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\.unfinished")


def confined(path: str) -> str:
    """The path itself, if it names a file below a store's root on every kind of store.

    Raises:
        Refusal: the path is empty, absolute, leaves the root, or cannot be kept as it is.
    """
    segments = path.split("/")
    steps = path.replace("\\", "/").split("/")
    reasons = {
        "a path must be relative, without empty segments": "" in segments,
        "a path must stay below its root": not {".", ".."}.isdisjoint(steps) or steps[0] == "",
        "a path must not begin with a drive": _DRIVE.fullmatch(steps[0]) is not None and len(steps) > 1,
        "a name must not hold a NUL character": "\0" in path,
        "a name must be valid UTF-8": not path.isascii() and not _encodable(path),
        "an object store would cut this name at '?versionId='": "?versionId=" in path,
        "this form of name is kept for files that are not finished": is_unfinished(path),
    }
    for reason, holds in reasons.items():
        if holds:
            raise Refusal(f"refused: {reason}.", where=shown(path), remedy="Give the file another name.")
    return path


def _encodable(path: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in path)


def is_unfinished(path: str) -> bool:
    """Whether the path is of a file that a writer had not published yet."""
    return _UNFINISHED.fullmatch(path.rpartition("/")[2]) is not None


def unfinished_name(token: str) -> str:
    """Name for a file that is still being written; `token` is 32 hexadecimal digits."""
    return f".{token}.unfinished"


def safe_name(name: str) -> str:
    """A file name for any name: distinct names stay distinct, also where case or Unicode forms are folded.

    Bytes other than lower-case letters, digits, `_`, `-` and inner `.` become `~` and two hexadecimal digits.
    The escape is `~` and not `%`, because BagIt manifests, URLs and templates each read `%` in their own way.
    A result beyond `NAME_BYTES` is cut and ends in `~~` and a digest of the whole name.
    """
    data = name.encode("utf-8", "surrogateescape")
    last = len(data) - 1
    escaped = "".join(
        chr(byte) if byte in _PLAIN and not (index in (0, last) and byte in b".-") else f"~{byte:02x}"
        for index, byte in enumerate(data)
    )
    if len(escaped) <= NAME_BYTES:
        return escaped
    digest = hashlib.sha256(data).hexdigest()[:_DIGEST_DIGITS]
    head = escaped[: NAME_BYTES - _DIGEST_DIGITS - 2]
    return f"{re.sub('~.?$', '', head)}~~{digest}"


def shown(path: str) -> str:
    """The path for a line of text: quoted where control characters or edge spaces would mislead."""
    if path.isprintable() and path == path.strip() and path:
        return path
    return json.dumps(path)
