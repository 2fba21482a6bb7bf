"""One DAG a product, `sunset_disposal.<product>`, that destroys what it leaves behind. Started by hand alone."""

from __future__ import annotations

from airflow.sdk import get_parsing_context

from sunset.spec import load_folder
from sunset_operators.settings import products
from sunset_stages.disposal import PREFIX, build_disposal

asked_for = get_parsing_context().dag_id

# When one task runs, its DAG is the only one that has to be built.
if asked_for is None or asked_for.startswith(PREFIX):
    for spec in load_folder(products(), only=asked_for and asked_for.removeprefix(PREFIX)).specs:
        build_disposal(spec)
