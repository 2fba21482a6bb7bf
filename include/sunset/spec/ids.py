"""Ids made of names that people write."""

from __future__ import annotations

import re


def clean_id(text: str) -> str:
    """The id that a name would have: lower case, every run of other characters one underscore."""
    return re.sub(r"[^a-z0-9_]+", "_", text.lower())


def suggest_id(text: str) -> str:
    """A sentence that names the legal id nearest to a text; "" where there is none."""
    legal = clean_id(text).strip("_")[:60]
    return f'Did you mean "{legal}"?' if legal[:1].isalpha() else ""
