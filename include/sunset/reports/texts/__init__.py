"""The words of the pages, by language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def texts(language: str) -> dict[str, Any]:
    """The words of one language, by key.

    Args:
        language: en or zh.
    """
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
