"""Once a day, for every product: notices that are due are sent, archives are read again, what falls due is named."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, CronTriggerTimetable, TaskGroup, get_parsing_context

from sunset.spec import load_folder
from sunset_operators.announce import SendDueNotices
from sunset_operators.settings import products
from sunset_operators.watch import CheckFixity, RaiseAlarms, ReportDue

if get_parsing_context().dag_id in (None, "sunset_watch"):
    with DAG(
        "sunset_watch",
        dag_display_name="Watch over all products",
        doc_md=__doc__,
        schedule=CronTriggerTimetable("0 6 * * *", timezone="UTC", run_immediately=False),
        start_date=datetime(2025, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=True,
        max_active_runs=1,
        tags={"sunset"},
    ):
        for spec in load_folder(products()).specs:
            with TaskGroup(spec.product, tooltip=spec.title):
                CheckFixity(task_id="fixity", spec=spec, params=dict(spec.params))
                ReportDue(task_id="due", spec=spec)
                SendDueNotices(task_id="notices", spec=spec)
                RaiseAlarms(task_id="alarms", spec=spec)
