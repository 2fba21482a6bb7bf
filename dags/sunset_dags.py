"""The loader: every spec in the products folder becomes one Airflow DAG, `sunset_<product>`.

A spec with problems becomes none; `sunset_problems.py` shows what is wrong with it.
"""

from __future__ import annotations

from airflow.sdk import get_parsing_context

from sunset.spec import load_folder
from sunset_operators.settings import products
from sunset_stages.runbook import build_dag, product_of

# When one task runs, its DAG is the only one that has to be built.
for spec in load_folder(products(), only=product_of(get_parsing_context().dag_id)).specs:
    build_dag(spec)
