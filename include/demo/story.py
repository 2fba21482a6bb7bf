"""What happens in the demo: one product is retired from first rehearsal to archive, a second one waits for you."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.cast import OPERATOR
from demo.gates import Approvers
from demo.watch import follow
from sunset.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.api import AirflowApi, Question, RunRef
    from demo.screen import Screen
    from demo.venue import Venue
    from demo.watch import Snapshot

REHEARSE = "rehearse"
EXECUTE = "execute"


@dataclass(frozen=True, slots=True)
class Retirement:
    """One product's way through Airflow, started by its operator."""

    venue: Venue
    screen: Screen
    product: str

    @property
    def dag_id(self) -> str:
        """The product's DAG."""
        return f"sunset_{self.product}"

    @property
    def operator(self) -> AirflowApi:
        """The API as the operator whom the spec names."""
        people = self.venue.specs[self.product].people
        return self.venue.sign_in(next(user for user, person in people.items() if OPERATOR in person.roles))

    def rehearse(self, rounds: int) -> list[RunRef]:
        """Run that many rehearsals, one after another.

        Raises:
            Refusal: one of them was not clean.
        """
        titles = (f"rehearsal {number} of {rounds}" for number in range(1, rounds + 1))
        return [self._complete(REHEARSE, title) for title in titles]

    def execute(self) -> RunRef:
        """Run the execution, the gates answered by their people.

        Raises:
            Refusal: it failed.
        """
        return self._complete(EXECUTE, "execution")

    def execute_until_asked(self) -> Question:
        """Start an execution and leave it at its first gate.

        Raises:
            Refusal: it ended without one.
        """
        run = self._start(EXECUTE, "execution")
        for snapshot in self._follow(run):
            if snapshot.questions:
                self.screen.done("waits for an answer")
                return snapshot.questions[0]
        raise Refusal("The run asked nobody.", where=run.run_id, remedy="Look at its tasks in the UI.")

    def _complete(self, mode: str, title: str) -> RunRef:
        run = self._start(mode, title)
        approvers = Approvers(self.venue.sign_in)
        for snapshot in self._follow(run):
            approvers.attend(run, snapshot.questions, snapshot.heartbeat)
        self._require_success(run, snapshot)
        return run

    def _start(self, mode: str, title: str) -> RunRef:
        self.screen.begin(f"{self.product}, {title}")
        api = self.operator
        api.unpause(self.dag_id)
        return api.trigger(self.dag_id, {"mode": mode, "reason": f"Demo: {title}"})

    def _follow(self, run: RunRef) -> Iterator[Snapshot]:
        for snapshot in follow(self.operator, run):
            self.venue.require_running()
            self.screen.update(str(snapshot))
            yield snapshot

    def _require_success(self, run: RunRef, last: Snapshot) -> None:
        self.screen.done(last.state)
        if last.state != "success":
            failed = ", ".join(last.failures) or "no task of its own"
            remedy = (
                f"Its page: {self.venue.address}/dags/{run.dag_id}/runs/{run.run_id}, logs: {self.venue.places.logs}"
            )
            raise Refusal(f"The run failed in {failed}.", where=run.run_id, remedy=remedy)
