"""Sources of a product, each a group of its own inside a stage."""

from __future__ import annotations

from collections.abc import Iterator

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset.spec.sources import ApiSource, DatabaseSource


def source_groups(spec: Spec) -> Iterator[DatabaseSource | ApiSource]:
    """Open a group for each source whose rows go into tables; tasks made before the next step belong to it."""
    for source in spec.sources.tabular:
        with TaskGroup(source.name, tooltip=f"Source {source.name}"):
            yield source
