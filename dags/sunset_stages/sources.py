"""Sources of a product, each a group of its own inside a stage."""

from __future__ import annotations

from collections.abc import Iterator

from airflow.sdk import TaskGroup

from sunset.spec import Spec
from sunset.spec.sources import DatabaseSource


def source_groups(spec: Spec) -> Iterator[DatabaseSource]:
    """Open a group for each database source; tasks made before the next step belong to it."""
    for source in spec.sources.databases:
        with TaskGroup(source.name, tooltip=f"Database {source.name}"):
            yield source
