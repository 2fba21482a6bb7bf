"""One text for one value: the JSON that records, seals and rounds are written and hashed in."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def encode(data: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and a newline at the end.

    Raises:
        ValueError: NaN, infinity or a lone surrogate.
        TypeError: a value that JSON does not have.
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return text.encode() + b"\n"


def digest(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
