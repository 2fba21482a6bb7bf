"""How long the steps of an execution take, as the rehearsals measured them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

STEPS = {
    "discover": ("catalogue",),
    "assess": ("preflight",),
    "back_up": ("dump", "restore"),
    "migrate": ("prepare", "copy", "complete"),
    "validate": ("validate",),
}
"""The stages of an execution that a rehearsal measures, and the tasks of a source, in either, that do the work."""
WINDOW = ("back_up", "migrate", "validate")
"""The stages that lie between freeze and cutover."""

Span = tuple[str, str]
"""Begin and end of a task, ISO 8601."""


def wall_seconds(spans: Iterable[Span]) -> float:
    """Seconds from the first begin to the last end: what tasks side by side take together; 0 for none."""
    instants = [(datetime.fromisoformat(began), datetime.fromisoformat(ended)) for began, ended in spans]
    if not instants:
        return 0.0
    return round((max(end for _, end in instants) - min(begin for begin, _ in instants)).total_seconds(), 1)


def window_seconds(seconds: Mapping[str, float]) -> float:
    """Seconds that the work between freeze and cutover takes, by the durations of a round."""
    return sum(seconds.get(stage, 0.0) for stage in WINDOW)
