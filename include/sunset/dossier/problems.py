"""What does not hold in a dossier, a bag or a history: one problem, one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sunset.dossier.names import shown

ProblemKind = Literal["changed", "missing", "added", "irregular", "unfinished", "broken", "open"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold.

    Attributes:
        kind: changed, missing or added since it was sealed; irregular (a link or a special file); unfinished
            (a killed writer's rest); broken (a seal, round or manifest that contradicts itself or its
            neighbours); open (the dossier is not closed).
        path: the file concerned, below the root of what was checked; empty for the whole.
        detail: what was found, as a sentence without a subject.
    """

    kind: ProblemKind
    path: str
    detail: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.detail}" if self.path else self.detail
