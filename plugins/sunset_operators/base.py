"""What all of Sunset's operators share: they know the spec, and run only in the modes that reach them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from sunset.spec.sources import ApiSource, DatabaseSource, FileSource
from sunset_operators.alarms import AlarmNotifier
from sunset_operators.engines import connections_of, engine_of
from sunset_operators.retries import WITH_BACK_OFF
from sunset_operators.stage_run import Mode, StageRun

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.engine import Engine, Progress
    from sunset.spec import Spec

TOOK = "took"
"""Key in XCom under which a task leaves when it began and ended."""

S = TypeVar("S", bound=DatabaseSource | ApiSource | FileSource)


class StageOperator(BaseOperator):
    """One task of a stage.

    :param spec: the product's spec.
    :param from_mode: the first mode that reaches this task; runs of a lesser mode skip it.
    """

    def __init__(self, *, spec: Spec, from_mode: Mode = "dry_run", **kwargs: Any) -> None:
        super().__init__(**{**WITH_BACK_OFF, "on_failure_callback": AlarmNotifier(spec=spec), **kwargs})
        self.spec = spec
        self.from_mode = from_mode

    def execute(self, context: Context) -> Any:
        run = StageRun.of(self.spec, context)
        self.skip_unless_wanted(run)
        began = datetime.now(UTC)
        result = self.carry_out(run, context)
        context["ti"].xcom_push(key=TOOK, value=(began.isoformat(), datetime.now(UTC).isoformat()))
        return result

    def skip_unless_wanted(self, run: StageRun) -> None:
        """Skip the task where the run does not ask for it."""
        if not run.reaches(self.from_mode):
            raise AirflowSkipException(f"A run of mode {run.mode} does not go as far as this task.")

    @abstractmethod
    def carry_out(self, run: StageRun, context: Context) -> Any:
        """Do the work; what is returned goes to XCom: references and counts only."""


class OfOneSource(StageOperator, Generic[S]):
    """One task on one source: in its pool, and skipped in runs in which it takes no part.

    :param source: the source, as the spec has it.
    """

    def __init__(self, *, source: S, **kwargs: Any) -> None:
        super().__init__(**({**kwargs, "pool": source.pool} if source.pool else kwargs))
        self.source = source

    def skip_unless_wanted(self, run: StageRun) -> None:
        if self.source.name not in run.selected:
            raise AirflowSkipException(f"The source {self.source.name} does not take part in this run.")
        super().skip_unless_wanted(run)


class SourceOperator(OfOneSource[DatabaseSource | ApiSource]):
    """One task on one source whose rows go into tables.

    :param conn_ids: connection ids by part, as `connections_of` names them (templated).
    """

    template_fields: Sequence[str] = ("conn_ids",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_ids = connections_of(self.source)

    def engine(self, run: StageRun) -> Engine:
        """The engine of this task's source."""
        return engine_of(run, self.source, self.conn_ids)

    def report(self, progress: Progress) -> None:
        """Show the progress of long work in the task's log."""
        self.log.info("%s", progress)
