"""Whether values pass a check more often than chance lets them: ten of a hundred order numbers pass a check digit."""

from __future__ import annotations

import math


def by_chance(hits: int, candidates: int, chance: float) -> float:
    """How likely it is that so many of the candidates, or more, pass a check that lets others pass by `chance`."""
    if hits <= 0:
        return 1.0
    if hits == candidates:
        return chance**hits
    odds = math.log(chance), math.log1p(-chance)
    return math.fsum(
        math.exp(
            math.lgamma(candidates + 1)
            - math.lgamma(k + 1)
            - math.lgamma(candidates - k + 1)
            + k * odds[0]
            + (candidates - k) * odds[1]
        )
        for k in range(hits, candidates + 1)
    )
