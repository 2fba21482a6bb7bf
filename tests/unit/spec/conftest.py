"""Two specs to start from: one that says everything, one that says as little as possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sunset.spec import Loaded, Spec, load_file

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def complete_text() -> str:
    return (EXAMPLES / "complete.yaml").read_text()


@pytest.fixture
def minimal_text() -> str:
    return (EXAMPLES / "minimal.yaml").read_text()


@pytest.fixture
def complete_data(complete_text: str) -> dict[str, Any]:
    """Every scalar as text, as the reader hands it over."""
    return yaml.load(complete_text, Loader=yaml.BaseLoader)


@pytest.fixture
def minimal_data(minimal_text: str) -> dict[str, Any]:
    return yaml.load(minimal_text, Loader=yaml.BaseLoader)


@pytest.fixture
def complete(complete_data: dict[str, Any]) -> Spec:
    return Spec.model_validate(complete_data)


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[[str | bytes], Loaded]:
    """Loads a text as the file `bad.yaml`."""

    def load(text: str | bytes) -> Loaded:
        path = tmp_path / "bad.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_file(path)

    return load


@pytest.fixture
def problems_of(load_text: Callable[[str | bytes], Loaded]) -> Callable[[str | bytes], list[str]]:
    """The problems of a text, as they are printed; nothing may have loaded."""

    def problems(text: str | bytes) -> list[str]:
        loaded = load_text(text)
        assert loaded.specs == ()
        return [str(problem) for problem in loaded.problems]

    return problems
