"""Names of stages, tasks, records and settings in the documents are those of the DAG."""

from __future__ import annotations

import re
from functools import cache

import pytest
from airflow.configuration import conf
from documents import DOCUMENTS, ROOT, first_cells, prose, section, spans

from sunset.spec import load_file
from sunset.spec.disposal import Archive
from sunset_operators.evidence import REQUIRED
from sunset_stages.disposal import build_disposal
from sunset_stages.runbook import build_dag

pytestmark = pytest.mark.dags

DOCS = ROOT / "docs"


@cache
def task_ids() -> set[str]:
    """Task ids of the demo's product by either route, with `<source>` for its sources."""
    (spec,) = load_file(ROOT / "include" / "products" / "legacy_crm.yaml").specs
    crm = spec.sources.databases[0].model_copy(update={"route": "replicate"})
    sources = spec.sources.model_copy(update={"databases": (crm,)})
    dags = [build_dag(spec), build_dag(spec.model_copy(update={"sources": sources}))]
    owned = [source.name for source in (*spec.sources.tabular, *spec.sources.files)]
    named = re.compile(rf"\.(?:{'|'.join(owned)})\.")
    return {named.sub(".<source>.", task_id) for dag in dags for task_id in dag.task_ids}


def stages() -> set[str]:
    return {task_id.partition(".")[0] for task_id in task_ids()}


def test_tasks_are_those_of_the_dag() -> None:
    task = re.compile(rf"(?:{'|'.join(stages())})(?:\.(?:<source>|[a-z_]+))+")
    named = {span for page in DOCUMENTS for span in spans(prose(page)) if task.fullmatch(span)}
    assert len(named) > 20
    assert named - {f"archive.{key}" for key in Archive.model_fields} <= task_ids() | disposal_task_ids()


def disposal_task_ids() -> set[str]:
    (spec,) = load_file(ROOT / "include" / "products" / "legacy_crm.yaml").specs
    return set(build_disposal(spec).task_ids)


def test_every_task_of_a_disposal_is_described() -> None:
    described = {span for cell in first_cells(prose(DOCS / "disposal.md")) for span in spans(cell)}
    assert disposal_task_ids() <= described


def test_every_task_is_in_the_walk_through() -> None:
    named = set(spans(prose(DOCS / "running.md")))
    assert task_ids() <= named


def test_stages_of_the_dossier_are_those_of_the_dag() -> None:
    listed = set(re.findall(r"\b([a-z_]+)/", (DOCS / "dossier.md").read_text(encoding="utf-8").split("seals/")[0]))
    assert stages() - {"thaw"} <= listed


def test_every_record_that_a_run_owes_is_described() -> None:
    described = {span for cell in first_cells(section(DOCS / "dossier.md", "## The records")) for span in spans(cell)}
    assert {f"{evidence.stage}/{evidence.name.replace('{source}', '<source>')}" for evidence in REQUIRED} <= described


def test_settings_of_airflow_exist() -> None:
    named = {span for page in DOCUMENTS for span in spans(prose(page))}
    variables = {span.partition("=")[0] for span in named if span.startswith("AIRFLOW__")}
    dotted = {span for span in named if re.fullmatch(r"scheduler\.\w+", span)}
    pairs = {tuple(name.lower().split("__")[1:]) for name in variables} | {tuple(name.split(".")) for name in dotted}
    assert pairs
    known = conf.configuration_description
    assert [(part, name) for part, name in sorted(pairs) if name not in known[part]["options"]] == []
