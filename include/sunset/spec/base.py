"""What all models of the spec share: frozen, no unknown keys, complaints that carry a suggestion."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

KeyPath = tuple[str | int, ...]


class Model(BaseModel):
    """A part of the spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def complaint(message: str, suggestion: str = "") -> PydanticCustomError:
    """An error for validators to raise; `message` completes the sentence that the key begins."""
    return PydanticCustomError("sunset", "{message}", {"message": message, "suggestion": suggestion})
