"""What the page of a run shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunset_console.gates import Gates, gates
from sunset_console.metadata import RunState, questions, run_states
from sunset_console.results import Fact, results
from sunset_console.runs import Outcome, outcome
from sunset_console.stages import Document, Exhibit, Stage, stages
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sunset.dossier.listing import Listed
    from sunset_console.dossiers import Named
    from sunset_console.metadata import Question


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run.

    Attributes:
        dag_id: its DAG.
        folder: name of its folder on the shelf.
        uri: where its dossier lies.
        run_id: Airflow's id; None where neither the dossier nor Airflow tells it.
        state: what Airflow knows of it; None if nothing.
        outcome: how it began and what came of it.
        unreadable: records of its beginning and its end that are there and cannot be read.
        stages: what each stage left.
        facts: what the records say of themselves, by path.
        gates: what was sealed, asked and answered.
        odd: what the dossier holds and no writer of Sunset left there: links, special files.
    """

    dag_id: str
    folder: str
    uri: str
    run_id: str | None
    state: RunState | None
    outcome: Outcome
    unreadable: tuple[str, ...]
    stages: tuple[Stage, ...]
    facts: dict[str, tuple[Fact, ...]]
    gates: Gates
    odd: tuple[Listed, ...]

    @property
    def title(self) -> str:
        """The product's title."""
        return self.outcome.decision.spec.title if self.outcome.decision else self.dag_id

    @property
    def pages(self) -> tuple[tuple[Stage, Exhibit, Document], ...]:
        """The pages that were written for people, in the order of the stages; indexes are reached from them."""
        return tuple(
            (stage, exhibit, document)
            for stage in self.stages
            for exhibit in stage.exhibits
            for document in exhibit.documents
            if document.path.endswith(".html") and not document.path.endswith("/index.html")
        )

    @property
    def waiting(self) -> tuple[Question, ...]:
        """The questions that wait for their answers."""
        return tuple(question for gate in self.gates.gates.values() for question in gate.questions if question.waiting)


def look(named: Named, *, with_questions: bool) -> RunPage:
    """Everything about a run that its page shows.

    Args:
        named: the run.
        with_questions: whether the reader may see what people were asked.

    Raises:
        Refusal: the store does not let us read.
        Unavailable: the store does not answer.
    """
    store, found = named.dossier.store, named.dossier.store.scan()
    made, began = stages(entry for entry in found if entry.kind == "file"), outcome(named.dossier)
    state = next((each for each in run_states(named.dag_id) if run_folder(each.run_id) == named.folder), None)
    run_id = state.run_id if state else _run_id(began, named.folder)
    asked = questions(named.dag_id, run_id) if run_id and with_questions else ()
    return RunPage(
        dag_id=named.dag_id,
        folder=named.folder,
        uri=store.uri,
        run_id=run_id,
        state=state,
        outcome=began,
        unreadable=tuple(_unreadable(began, found)),
        stages=made,
        facts=results(store, made),
        gates=gates(named.dossier, asked),
        odd=tuple(entry for entry in found if entry.kind != "file"),
    )


def _unreadable(began: Outcome, found: Iterable[Listed]) -> Iterator[str]:
    missed = [("decide/decision.", began.decision), ("close/verdict.", began.verdict)]
    starts = tuple(start for start, record in missed if record is None)
    return (entry.path for entry in found if starts and entry.path.startswith(starts) and entry.path.endswith(".json"))


def _run_id(began: Outcome, folder: str) -> str | None:
    """The id in the decision, if the folder is really that run's."""
    recorded = began.decision.run_id if began.decision else None
    return recorded if recorded and run_folder(recorded) == folder else None
