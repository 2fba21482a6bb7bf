"""What another user of the machine may do with a test's folder, while the tests run as root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


def open_way(folder: Path) -> None:
    """Let everybody pass through the folder and root's folders above it; pytest makes them for their owner alone."""
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0:
            above.chmod(above.stat().st_mode | 0o011)


@contextmanager
def as_an_ordinary_user(folder: Path) -> Iterator[None]:
    """Root may write everywhere, so root steps down; all others stay who they are."""
    if os.geteuid() != 0:
        yield
        return
    open_way(folder)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
