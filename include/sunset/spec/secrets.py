"""A spec holds no secret: secrets live in Airflow Connections and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sunset.spec.base import KeyPath
from sunset.spec.rules import Complaint

_REMEDY = "Put it into the Airflow Connection and name that by its id."
_SECRET_KEY = re.compile(
    r"(?:^|[^a-z])(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|credentials?)"
    r"(?:$|[^a-z])"
)
_SECRET_VALUE = re.compile(
    r"://[^/\s@:]{0,200}:[^/\s@]{1,500}@"  # a URL with user and password
    r"|[?&](?:api_?key|access_?key|password|token|access_token|secret|sig|signature)=[^&\s{]"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b",
    re.IGNORECASE,
)


def find_secrets(node: object, path: KeyPath = ()) -> Iterator[Complaint]:
    """Keys that ask for a secret and texts that hold one. The complaint never repeats the value."""
    if isinstance(node, str):
        if _SECRET_VALUE.search(node):
            yield Complaint(path, "holds a secret", _REMEDY)
    elif isinstance(node, dict):
        for key, value in node.items():
            if path != ("people",) and _is_secret(key):
                yield Complaint((*path, key), "asks for a secret, and a spec holds none", _REMEDY)
            else:
                yield from find_secrets(value, (*path, key))
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            yield from find_secrets(value, (*path, index))


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
    return _SECRET_KEY.search(snake) is not None
