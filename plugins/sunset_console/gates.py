"""The gates of a run: which evidence was sealed for them, what people were asked about it, what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset.dossier.chain import judge
from sunset.dossier.seal import CLOSING_GATE, Seal, seals
from sunset_console.records import Approval, latest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sunset.dossier.chain import Link
    from sunset.dossier.dossier import Dossier
    from sunset.dossier.problems import Problem
    from sunset_console.metadata import Question


@dataclass(frozen=True, slots=True)
class Sealed:
    """One seal, and when it was made."""

    seal: Seal
    at: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate.

    Attributes:
        name: the stage that holds it.
        seals: its seals, oldest first; more than one where the evidence changed and was sealed again.
        questions: what people were asked, as Airflow recorded it.
        approval: the answer, as the dossier recorded it.
    """

    name: str
    seals: tuple[Sealed, ...]
    questions: tuple[Question, ...]
    approval: Approval | None

    @property
    def approved_seal(self) -> Seal | None:
        """The seal that was approved; None if no seal here has the digest that was approved."""
        digest = self.approval.digest if self.approval else None
        return next((sealed.seal for sealed in self.seals if sealed.seal.digest == digest), None)


@dataclass(frozen=True, slots=True)
class Gates:
    """All gates of a run, and the seals that do not hold."""

    gates: dict[str, Gate]
    newest: Sealed | None
    problems: tuple[Problem, ...]


def gates(dossier: Dossier, questions: Sequence[Question]) -> Gates:
    """The gates that the run came to.

    Raises:
        Refusal: the store does not let us read.
        Unavailable: the store does not answer.
    """
    trusted, problems = judge(seals(dossier.store).links())
    made = [Sealed(Seal.from_link(link), _sealed_at(link)) for link in trusted]
    names = dict.fromkeys([sealed.seal.gate for sealed in made] + [question.gate for question in questions])
    found = {
        name: Gate(
            name,
            tuple(sealed for sealed in made if sealed.seal.gate == name),
            tuple(question for question in questions if question.gate == name),
            None if name == CLOSING_GATE else latest(dossier, name, "approval", Approval),
        )
        for name in names
    }
    return Gates(found, made[-1] if made else None, problems)


def _sealed_at(link: Link) -> str:
    return str(link.body.get("sealed_at", ""))
