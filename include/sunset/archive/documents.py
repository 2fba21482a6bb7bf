"""The documents of a bag: a copy of the sealed dossier."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sunset.dossier.names import confined
from sunset.dossier.store import open_store
from sunset.dossier.verify import verify_dossier
from sunset.errors import Deviation

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.dossier.store import Store


def copy_dossier(store: Store, folder: Path) -> int:
    """Copy a dossier into a new local folder, check the copy against its seals and count its files.

    Raises:
        Deviation: the copy does not agree with its seals, or holds what no seal covers.
    """
    for path in store.list():
        local = folder / confined(path)
        local.parent.mkdir(parents=True, exist_ok=True)
        with local.open("wb") as file:
            file.writelines(store.chunks(path))
    copied = open_store(os.fspath(folder))
    result = verify_dossier(copied, copied.scan())
    if result.problems or not result.seals:
        raise Deviation(
            "The dossier cannot be archived: it does not agree with its seals, or has none.",
            where=store.uri,
            remedy="Seal the dossier first; if it was changed, find out by whom.",
            differences=tuple(map(str, result.problems)),
            record=store.uri,
        )
    return result.files
