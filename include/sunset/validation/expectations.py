"""Great Expectations over the frames and over the target database.

It sees counts, digests and names, never a row: the largest thing it fetches is a list of row counts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.tables import Table
from sunset.validation.data_docs import close_off
from sunset.validation.frames import Frame
from sunset.validation.result import Failure
from sunset.validation.row_counts import count_query

APPLICATION = "sunset validation"
TABLES_PER_QUERY = 200
_SUBJECT_KEYS = {"column", "column_A", "column_B", "value"}
# Counts of what did not hold, and none of the values.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Great Expectations says.

    Attributes:
        evaluated: number of expectations that were evaluated.
        passed: number of them that hold.
        failures: one for each that does not.
        raised: whether one of them could not be evaluated at all.
    """

    evaluated: int
    passed: int
    failures: tuple[Failure, ...]
    raised: bool


def evaluate(
    name: str, frames: Sequence[Frame], target: Endpoint, counted: Sequence[tuple[Table, int]], data_docs: Path
) -> Outcome:
    """Assert on the frames, count the target's rows again, and write Data Docs.

    Args:
        name: name of the run in the Data Docs.
        frames: what was measured on both sides.
        target: the database whose rows are counted.
        counted: tables of the target, and how many rows each must have.
        data_docs: local folder for the Data Docs.

    Raises:
        Unavailable: the target cannot be reached.
    """
    context = _make_context(data_docs)
    with read_only(target, APPLICATION) as connection:
        suites = [*_frame_suites(context, frames), *_count_suites(context, connection, counted)]
        return _evaluate(context, name, suites, data_docs)


def evaluate_frames(name: str, frames: Sequence[Frame], data_docs: Path) -> Outcome:
    """Assert on frames alone, and write Data Docs; arguments as for `evaluate`."""
    context = _make_context(data_docs)
    return _evaluate(context, name, list(_frame_suites(context, frames)), data_docs)


def _evaluate(context: Any, name: str, suites: Sequence[_Suite], data_docs: Path) -> Outcome:
    results = [_run(context, name, suite) for suite in suites]
    context.build_data_docs()
    close_off(data_docs, name, [_tally(result) for result in results])
    return _outcome(results)


@dataclass(frozen=True, slots=True)
class _Suite:
    """Expectations, the batch they are about, and the parameters that give the batch its data."""

    name: str
    expectations: list[Any]
    batch: Any
    parameters: dict[str, Any] | None


def _make_context(data_docs: Path) -> Any:
    import great_expectations
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(data_docs)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        data_docs_sites={"validation": site},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    # What it tells at INFO is about itself, and would stand in the log of every validation.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return great_expectations.get_context(mode="ephemeral", project_config=config)


def _frame_suites(context: Any, frames: Sequence[Frame]) -> Iterator[_Suite]:
    import pandas as pd

    gxe = _gx_expectations()

    source = context.data_sources.add_pandas("facts")
    for frame in frames:
        batch = source.add_dataframe_asset(frame.name).add_batch_definition_whole_dataframe("all")
        expectations = [
            gxe.ExpectTableRowCountToEqual(value=frame.expected),
            gxe.ExpectColumnValuesToBeUnique(column=frame.columns[0]),
            *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in frame.columns[1:]),
            *map(_expect_equal, frame.pairs),
        ]
        data = pd.DataFrame(frame.lines, columns=list(frame.columns), dtype="object")
        yield _Suite(frame.name, expectations, batch, {"dataframe": data})


def _count_suites(context: Any, target: psycopg.Connection, counted: Sequence[tuple[Table, int]]) -> Iterator[_Suite]:
    gxe = _gx_expectations()
    source = _add_target(context, target)
    for start in range(0, len(counted), TABLES_PER_QUERY):
        part = counted[start : start + TABLES_PER_QUERY]
        name = f"row_counts_{start + 1}_to_{start + len(part)}"
        batch = source.add_query_asset(name, query=count_query(part)).add_batch_definition_whole_table("all")
        yield _Suite(
            name, [gxe.ExpectTableRowCountToEqual(value=len(part)), _expect_equal(("expected", "found"))], batch, None
        )


def _add_target(context: Any, target: psycopg.Connection) -> Any:
    from sqlalchemy.pool import StaticPool

    # The session is ours: no password stands in any configuration of Great Expectations, and none is left open.
    return context.data_sources.add_postgres(
        "target",
        connection_string="postgresql+psycopg://sunset@target/target",
        kwargs={"creator": lambda: target, "poolclass": StaticPool},
    )


def _expect_equal(pair: tuple[str, str]) -> Any:
    # Lines with a NULL are compared as well: left to its default, the expectation passes them over.
    return _gx_expectations().ExpectColumnPairValuesToBeEqual(
        column_A=pair[0], column_B=pair[1], ignore_row_if="neither"
    )


def _gx_expectations() -> Any:
    import great_expectations.expectations.core

    return great_expectations.expectations.core


def _run(context: Any, name: str, suite: _Suite) -> Any:
    from great_expectations import ExpectationSuite, RunIdentifier, ValidationDefinition

    expectations = context.suites.add(ExpectationSuite(name=suite.name, expectations=suite.expectations))
    definition = ValidationDefinition(name=suite.name, data=suite.batch, suite=expectations)
    return context.validation_definitions.add(definition).run(
        batch_parameters=suite.parameters, result_format=_RESULT_FORMAT, run_id=RunIdentifier(run_name=name)
    )


def _outcome(results: Iterable[Any]) -> Outcome:
    verdicts = [(result.suite_name, verdict) for result in results for verdict in result.results]
    return Outcome(
        evaluated=len(verdicts),
        passed=sum(verdict.success is True for _, verdict in verdicts),
        failures=tuple(_failure(suite, verdict) for suite, verdict in verdicts if verdict.success is not True),
        raised=any(_raised(verdict) for _, verdict in verdicts),
    )


def _tally(result: Any) -> tuple[str, int, int]:
    return result.suite_name, len(result.results), sum(verdict.success is True for verdict in result.results)


def _failure(suite: str, verdict: Any) -> Failure:
    config = verdict.expectation_config
    about = ", ".join(str(value) for key, value in sorted(config.kwargs.items()) if key in _SUBJECT_KEYS)
    expectation = f"{config.type}({about})"
    if _raised(verdict):
        return Failure(f"expectations on {suite}", f"{expectation} could not be evaluated.")
    if "unexpected_count" in verdict.result:
        found = f"{verdict.result['unexpected_count']} of {verdict.result['element_count']} lines do not meet it"
    else:
        found = f"found {verdict.result.get('observed_value')}"
    return Failure(f"expectations on {suite}", f"{expectation}: {found}.")


def _raised(verdict: Any) -> bool:
    """Whether an exception stopped an expectation; it is recorded for the whole or for each metric."""
    info = verdict.exception_info
    entries = [info] if "raised_exception" in info else list(info.values())
    return any(entry.get("raised_exception") for entry in entries)
