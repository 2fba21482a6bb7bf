"""The runbook of a sunset: fifteen stages, in the order of the process; a sixteenth for a product that cannot stop."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, CronTriggerTimetable, TaskGroup, chain
from airflow.sdk.definitions.param import ParamsDict

from sunset.spec import Spec
from sunset_stages.accept import accept
from sunset_stages.announce import announce
from sunset_stages.approve import approve
from sunset_stages.archive import archive
from sunset_stages.assess import assess
from sunset_stages.back_up import back_up
from sunset_stages.close import close
from sunset_stages.cut_over import cut_over
from sunset_stages.decide import decide
from sunset_stages.discover import discover
from sunset_stages.follow import follow
from sunset_stages.form import trigger_form
from sunset_stages.freeze import freeze, thaw
from sunset_stages.manual import manual
from sunset_stages.migrate import migrate
from sunset_stages.plan import plan
from sunset_stages.rehearse import rehearse
from sunset_stages.validate import validate

PREFIX = "sunset_"


def product_of(dag_id: str | None) -> str | None:
    """The product that a DAG belongs to."""
    return dag_id.removeprefix(PREFIX) if dag_id else None


def build_dag(spec: Spec) -> DAG:
    """The DAG of one product. The same spec gives the same DAG at every parse, on every machine."""
    with DAG(
        f"{PREFIX}{spec.product}",
        dag_display_name=f"Sunset of {spec.title}",
        description=spec.decision.reason,
        doc_md=manual(spec),
        schedule=_schedule(spec),
        start_date=datetime(2025, 1, 1, tzinfo=UTC),
        # Whatever the deployment's defaults: nothing runs because it was deployed.
        catchup=False,
        is_paused_upon_creation=True,
        max_active_runs=1,
        tags={"sunset", spec.product},
    ) as dag:
        (previewed, sent), rehearsed = announce(spec), rehearse(spec)
        approved, frozen = approve(spec), freeze(spec)
        switched, archived = cut_over(spec), archive(spec)
        chain(
            decide(spec),
            previewed,
            discover(spec),
            assess(spec),
            plan(spec),
            rehearsed,
            approved,
            frozen,
            *_carry(spec),
            accept(spec),
            switched,
            archived,
        )
        chain(sent, dag.get_task("rehearse.record_round"))
        if spec.followed:
            chain(approved, follow(spec), frozen)
        thawed = thaw(spec)
        chain(switched, thawed)
        close(spec, [archived, *thawed])
    # After the tasks: Airflow makes a deep copy of a DAG's parameters for every task that is made in it.
    dag.params = ParamsDict(trigger_form(spec))
    return dag


def _carry(spec: Spec) -> tuple[TaskGroup, ...]:
    """A product that cannot stop is not to wait for a backup while it is read-only: it comes after the validation."""
    backup = (back_up(spec),) if spec.sources.tabular else ()  # files have no dump
    migration, validation = migrate(spec), validate(spec)
    return (migration, validation, *backup) if spec.followed else (*backup, migration, validation)


def _schedule(spec: Spec) -> CronTriggerTimetable | None:
    if spec.rehearsal.schedule is None:
        return None
    return CronTriggerTimetable(spec.rehearsal.schedule, timezone=spec.rehearsal.timezone, run_immediately=False)
