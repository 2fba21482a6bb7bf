"""BagIt manifests, RFC 8493: one line a file, digest and path.

The bagit library strips spaces at the end of names, splits lines at more characters than LF and CR, and leaves
`%` as it is; a name such as `trail.txt ` or `pct%0A.txt` does not survive it. So the lines are made and read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_ENCODED = re.compile("%(25|0A|0D)", re.IGNORECASE)
_LINE = re.compile(r"(?P<digest>[0-9A-Fa-f]+)[ \t]+\*?(?P<path>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it was read: digest by path, and the numbers of lines that are none."""

    entries: Mapping[str, str]
    broken: tuple[int, ...]


def write(entries: Mapping[str, str]) -> bytes:
    """The manifest's text, sorted by path."""
    return "".join(f"{entries[path]}  {_encode(path)}\n" for path in sorted(entries)).encode()


def read(data: bytes) -> Manifest:
    """Read a manifest, keeping what can be read of a damaged one."""
    entries: dict[str, str] = {}
    broken: list[int] = []
    for number, line in enumerate(re.split("\r\n|\n|\r", data.decode("utf-8", "surrogateescape")), 1):
        match = _LINE.fullmatch(line)
        if match and _decode(match["path"]) not in entries:
            entries[_decode(match["path"])] = match["digest"].lower()
        elif line:
            broken.append(number)
    return Manifest(entries, tuple(broken))


def _encode(path: str) -> str:
    return re.sub("[%\n\r]", lambda found: _ESCAPES[found[0]], path)


def _decode(path: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), path)
