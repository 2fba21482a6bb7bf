"""What the demo says in the terminal while it works."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

_WIDTH = 100
_QUIET_SECONDS = 15.0


@dataclass(slots=True)
class Screen:
    """One line a step. On a terminal the line follows the work; in a file a line is added now and then."""

    live: bool = field(default_factory=sys.stdout.isatty)
    _title: str = ""
    _began: float = 0.0
    _shown: float = 0.0

    def say(self, text: str) -> None:
        """Print what stays."""
        print(text, flush=True)

    def begin(self, title: str) -> None:
        """Start a step; it lasts until `done`."""
        self._title = title
        self._began = self._shown = time.monotonic()

    def update(self, detail: str) -> None:
        """Show how far the step is."""
        if self.live:
            print(f"\r{self._line(detail)[:_WIDTH]:<{_WIDTH}}", end="", flush=True)
        elif time.monotonic() - self._shown > _QUIET_SECONDS:
            self._shown = time.monotonic()
            print(self._line(detail), flush=True)

    def done(self, outcome: str) -> None:
        """End the step."""
        print(f"\r{self._line(outcome):<{_WIDTH}}" if self.live else self._line(outcome), flush=True)

    def _line(self, detail: str) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:02}:{seconds:02}  {self._title:<34} {detail}"
