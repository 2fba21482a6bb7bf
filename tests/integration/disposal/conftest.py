from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.disposal import Retired, retired
from services.kept import Kept


@pytest.fixture
def shop(kept: Kept, tmp_path: Path) -> Iterator[Retired]:
    """The shop, retired to its verdict."""
    with retired(kept, tmp_path) as scene:
        yield scene
