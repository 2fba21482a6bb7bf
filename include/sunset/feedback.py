"""What people say at a gate beside yes or no: words, and risks that nobody had thought of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, get_args

from sunset.spec.decision import Level

_MOST = 100
_LONGEST = 2000
NOT_WEIGHED = "not weighed"


@dataclass(frozen=True, slots=True)
class NewRisk:
    """A risk that somebody named at a gate.

    Attributes:
        risk: what could happen.
        likelihood: low, medium or high, or that nobody weighed it.
        impact: likewise.
        mitigation: what could be done about it; may be empty.
    """

    risk: str
    likelihood: str = NOT_WEIGHED
    impact: str = NOT_WEIGHED
    mitigation: str = ""

    def to_json(self) -> dict[str, Any]:
        """The risk as a dictionary."""
        return asdict(self)


def new_risks(text: str) -> tuple[NewRisk, ...]:
    """Risks as people type them, one a line: `risk | likelihood | impact | what can be done`; only the risk is needed.

    A line that keeps another form is a risk as it stands: what somebody wrote is never lost.
    """
    return tuple(_risk(line.strip()[:_LONGEST]) for line in text.splitlines()[:_MOST] if line.strip(" |\t"))


def _risk(line: str) -> NewRisk:
    parts = [part.strip() for part in line.split("|")]
    levels = [level.lower() for level in parts[1:3]]
    if not parts[0] or len(parts) > 4 or any(level not in (*get_args(Level), "") for level in levels):
        return NewRisk(line)
    likelihood, impact = (*levels, "", "")[:2]
    return NewRisk(parts[0], likelihood or NOT_WEIGHED, impact or NOT_WEIGHED, "".join(parts[3:]))
