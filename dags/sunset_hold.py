"""Sets or lifts a legal hold on a product: while one stands, nothing of the product is destroyed."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, Param, get_parsing_context

from sunset.spec import load_folder
from sunset_operators.holds import LIFT, SET, ChangeHold
from sunset_operators.settings import products

specs = {spec.product: spec for spec in load_folder(products()).specs}

if specs and get_parsing_context().dag_id in (None, "sunset_hold"):
    with DAG(
        "sunset_hold",
        dag_display_name="Legal hold",
        doc_md=__doc__,
        schedule=None,
        start_date=datetime(2025, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=True,
        max_active_runs=1,
        tags={"sunset", "disposal"},
        params={
            "product": Param(type="string", enum=list(specs), title="Product"),
            "act": Param(SET, type="string", enum=[SET, LIFT], title="Set or lift"),
            "matter": Param(type="string", minLength=1, title="Matter", description="The case, audit or order."),
            "reason": Param(type="string", minLength=1, title="Reason", description="Kept with your name."),
        },
    ):
        ChangeHold(task_id="change", specs=specs)
