"""A folder of specs for the cases, with two good products."""

from __future__ import annotations

from pathlib import Path

import pytest

MINIMAL = Path(__file__).parents[2] / "unit" / "spec" / "examples" / "minimal.yaml"


class Folder:
    """Spec files in a folder of the test's own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def spec(self, product: str, extra: str = "") -> str:
        """Text of a good spec of that product, with lines appended."""
        return MINIMAL.read_text().replace("product: helpdesk", f"product: {product}") + extra

    def write(self, file: str, content: str | bytes) -> None:
        (self.path / file).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
