"""Shows what is wrong with specs where Airflow shows the import errors of a DAG file.

Airflow keeps one import error a file, and takes every DAG of that file down with it. So the problems are
raised here, in a file that has no DAG: the specs in order are not touched by the broken ones.
"""

from __future__ import annotations

from airflow.sdk import get_parsing_context

from sunset.spec import SpecError, load_folder
from sunset_operators.settings import products

if get_parsing_context().dag_id is None and (problems := load_folder(products()).problems):
    raise SpecError(problems)
