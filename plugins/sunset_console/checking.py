"""Verification on request: what `sunset verify` says of a dossier, in words that fit a run that still goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sunset.disposal.proof import prove
from sunset.dossier.rounds import verify_rounds
from sunset.dossier.seal import SEALS

if TYPE_CHECKING:
    from sunset.dossier.problems import Problem
    from sunset.dossier.store import Store
    from sunset.dossier.verify import Verification


@dataclass(frozen=True, slots=True)
class Check:
    """One verification.

    Attributes:
        at: when it ended.
        result: what was found.
        broken: what does not hold.
        unsealed: what lies in a dossier that is not closed and that its newest seal does not list.
        rounds: what does not hold in the history of rehearsals.
    """

    at: datetime
    result: Verification
    broken: tuple[Problem, ...]
    unsealed: tuple[Problem, ...]
    rounds: tuple[Problem, ...]


def check(dossier: Store, product: Store) -> Check:
    """Read every file of a dossier, and the history of its product's rehearsals.

    Raises:
        Refusal: the store does not let us read.
        Unavailable: the store does not answer.
    """
    result = prove(dossier)
    unsealed = tuple(problem for problem in result.problems if not result.closed and _is_newer(problem))
    broken = tuple(problem for problem in result.problems if problem not in unsealed and problem.kind != "open")
    return Check(datetime.now(UTC), result, broken, unsealed, verify_rounds(product))


def _is_newer(problem: Problem) -> bool:
    """Whether a run that goes on would leave this behind: a file that no seal lists yet."""
    return problem.kind == "added" and not problem.path.startswith(f"{SEALS}/")
