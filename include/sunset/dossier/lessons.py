"""What a team learned from its retirements, one file a retrospective, for all its products."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sunset.dossier.chain import Chain
from sunset.dossier.faults import AlreadyWritten
from sunset.dossier.names import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sunset.dossier.store import Store

LESSONS = ".lessons"
"""The folder beside those of the products; no product can have its name."""
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospective:
    """The answers of one person to one retrospective.

    Attributes:
        product, run_id: of which retirement.
        by: who answered.
        at: when, ISO 8601.
        went_well, went_badly: in free words.
        lessons: what to do the same or otherwise the next time, one each.
        suggestions: changes of the manual, one each.
    """

    product: str
    run_id: str
    by: str
    at: str
    went_well: str
    went_badly: str
    lessons: tuple[str, ...]
    suggestions: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Retrospective:
        lists = {name: tuple(body[name]) for name in ("lessons", "suggestions")}
        return cls(**{name: lists.get(name, body[name]) for name in cls.__dataclass_fields__})


def keep_lessons(dossiers: Store, team: str | None, answers: Retrospective) -> None:
    """Add a retrospective to a team's; the same run by the same person once more adds nothing.

    Args:
        dossiers: the store of all dossiers.
        team: the team's name; None for whoever has none.
        answers: what was said.
    """
    chain = _chain(dossiers, team)
    while True:
        links = chain.links()
        known = [Retrospective.from_json(link.body) for link in links]
        if answers in known:
            return
        with suppress(AlreadyWritten):  # another run took the number meanwhile
            chain.append(answers.to_json(), links)
            return


def lessons_of(dossiers: Store, team: str | None, most: int = 20) -> tuple[Retrospective, ...]:
    """The newest retrospectives of a team, newest first."""
    links = [link for link in _chain(dossiers, team).links() if not link.fault]
    return tuple(Retrospective.from_json(link.body) for link in reversed(links[-most:]))


def _chain(dossiers: Store, team: str | None) -> Chain:
    folder = f"{LESSONS}/{safe_name(team or EVERYONE)}"
    return Chain(dossiers, folder, lambda body: f"{body['number']:04d}.json")
